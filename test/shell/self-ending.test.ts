import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Place } from '../../lab/drills/faults.ts'
import { beginning, ending } from '../../lab/drills/self-ending.ts'

// A fault that is marked where it is, and that ends by itself, with the tools of the node replaced.

let folder = ''

const tool = (name: string, text: string): void => {
  const file = join(folder, 'bin', name)
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-fault-'))
  for (const name of ['bin', 'run', 'root']) mkdirSync(join(folder, name))
  tool('systemd-run', `echo "systemd-run $*" >>${folder}/told`)
  tool('systemctl', `echo "systemctl $*" >>${folder}/told`)
  tool('tc', `case $2 in show) cat ${folder}/rules ;; *) echo "tc $*" >>${folder}/told ;; esac`)
  writeFileSync(join(folder, 'rules'), 'qdisc mq 0: root \nqdisc fq_codel 0: parent :1 limit 10240p\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

const place: Place = {
  cards: { public: 'eth1', backbone: 'eth2' },
  mount: '/mnt/shared',
  port: 7789,
  resource: 'r0',
  units: [],
}

const run = (text = '') => {
  rmSync(join(folder, 'told'), { force: true })
  const here = text.replaceAll(/\/(run|root)\//g, `${folder}/$1/`)
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` }
  const { status, stderr } = spawnSync('sh', ['-c', here], { encoding: 'utf8', env })
  const told = existsSync(join(folder, 'told')) ? readFileSync(join(folder, 'told'), 'utf8') : ''
  return {
    status,
    stderr: stderr.replaceAll(folder, ''),
    told: told.replaceAll(folder, '').trim().split('\n'),
  }
}

const begin = () => run(beginning('one-way-loss', place, 'backbone'))
const end = () => run(ending('one-way-loss', place, 'backbone'))
const file = '/run/runsheet-drill-one-way-loss.sh'

it('begins with a timer that would end it, and ends once', () => {
  expect(begin()).toEqual({
    status: 0,
    stderr: '',
    told: [
      'systemctl stop runsheet-drill-one-way-loss.timer',
      `systemd-run --quiet --collect --unit=runsheet-drill-one-way-loss --on-active=30min sh ${file}`,
      'tc qdisc replace dev eth2 root netem loss 100%',
    ],
  })
  const ended = ['tc qdisc del dev eth2 root', 'systemctl stop runsheet-drill-one-way-loss.timer']
  expect(end()).toEqual({ status: 0, stderr: '', told: ended })
  expect(readdirSync(join(folder, 'run'))).toEqual([])
  expect(end()).toEqual({ status: 0, stderr: '', told: [''] })
})

it('can be ended by the text that it has left, which is what the timer runs', () => {
  begin()
  expect(run(`sh ${file}`)).toMatchObject({
    status: 0,
    told: [expect.stringContaining('tc qdisc del'), /timer/],
  })
  expect(end().told).toEqual([''])
})

it('does not begin where an earlier one was left: a clock would jump twice', () => {
  begin()
  expect(begin()).toEqual({
    status: 1,
    stderr: `an earlier drill has left its one-way-loss here: sh ${file}\n`,
    told: [''],
  })
})

it('does not begin where nothing would end it', () => {
  tool('systemd-run', 'echo no manager >&2; exit 1')
  expect(begin()).toMatchObject({ status: 1, stderr: 'no manager\n' })
  expect(readdirSync(join(folder, 'run'))).toEqual([])
})

it('is not ended while that fails, and can be tried again', () => {
  begin()
  tool('tc', 'exit 2')
  expect(end().status).toBe(2)
  tool('tc', ':')
  expect(end().status).toBe(0)
})

it('leaves what somebody has set up on a card', () => {
  writeFileSync(join(folder, 'rules'), 'qdisc htb 1: root refcnt 2 r2q 10 default 0\n')
  expect(begin()).toEqual({ status: 1, stderr: 'eth2 has a queueing discipline of its own\n', told: [''] })
  expect(end()).toEqual({ status: 0, stderr: '', told: [''] })
  tool('drbdadm', 'echo 192.0.2.12')
  tool('ip', "echo '3: eth2    inet 192.0.2.12/24 scope global eth2'")
  writeFileSync(join(folder, 'rules'), 'qdisc noqueue 0: root \nqdisc clsact ffff: parent ffff:fff1\n')
  expect(run(beginning('drbd-port', place))).toEqual({
    status: 1,
    stderr: 'eth2 has rules of its own\n',
    told: [''],
  })
  expect(run(ending('drbd-port', place)).told).toEqual([''])
})

it('lasts over a boot where its fault does', () => {
  tool('id', 'echo 112')
  tool('usermod', `echo "usermod $*" >>${folder}/told`)
  run(beginning('foreign-uid', place))
  expect(readdirSync(join(folder, 'root'))).toEqual(['drill.uid', 'runsheet-drill-foreign-uid.sh'])
  expect(run(ending('foreign-uid', place)).told[0]).toBe('usermod -u 112 nagios')
  expect(readdirSync(join(folder, 'root'))).toEqual([])
})

it('on the shared storage ends where that is mounted, and nowhere else', () => {
  const store = join(folder, 'store')
  mkdirSync(store)
  const shared = { ...place, mount: store }
  tool('mountpoint', ':')
  tool('fallocate', ':') // the real one would fill this machine
  tool('dd', `echo x >${store}/drill-filler; exit 1`)
  expect(run(beginning('full-disk', shared)).status).toBe(0)
  expect(readdirSync(store)).toEqual(['drill-filler', 'runsheet-drill-full-disk.sh'])
  tool('mountpoint', 'exit 1')
  expect(run(ending('full-disk', shared))).toMatchObject({
    status: 1,
    stderr: '/store is not mounted here\n',
  })
  expect(readdirSync(store)).toHaveLength(2)
  tool('mountpoint', ':')
  expect(run(ending('full-disk', shared)).status).toBe(0)
  expect(readdirSync(store)).toEqual([])
})

it('has no text where nothing has to be ended', () => {
  expect(ending('kill-database', place)).toBeUndefined()
  expect(ending('power-cut', place)).toBeUndefined()
  expect(beginning('power-cut', place)).toBeUndefined()
})
