import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultName, faults, type Place } from '../../lab/drills/faults.ts'
import { beginning } from '../../lab/drills/self-ending.ts'

// What a fault does on a node, with the tools of the node replaced.

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-fault-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const place = (): Place => ({
  cards: { public: 'eth1', backbone: 'eth2' },
  mount: folder,
  port: 7789,
  resource: 'r0',
  units: ['nagios', 'httpd'],
})

const textOf = (name: FaultName, end: 'inject' | 'heal', network?: string): string => {
  const fault = faults[name] as { inject: (p: Place, n?: string) => string; heal: typeof fault.inject }
  return fault[end](place(), network)
}

const sh = (script: string) => spawnSync('sh', ['-c', script], { encoding: 'utf8' })

describe('the port of DRBD', () => {
  const tools = (own: string) => `
    drbdadm() { [ "$*" = 'sh-ip r0' ] && echo 192.0.2.12; }
    ip() { [ "$*" = '-o addr show to 192.0.2.12' ] && ${own}; }
    tc() { echo "$1 $2 $4"; }`
  const onVlan = "echo '7: bond0.5@bond0    inet 192.0.2.12/24 scope global bond0.5'"

  it.each([
    ['inject', ['qdisc add bond0.5', 'filter add bond0.5', 'filter add bond0.5']],
    ['heal', ['qdisc del bond0.5']],
  ] as const)('%s: on the card through which DRBD replicates, which may be one of its own', (end, told) => {
    const { status, stdout } = sh(`${tools(onVlan)}\n${textOf('drbd-port', end)}`)
    expect(stdout.trim().split('\n')).toEqual(told)
    expect(status).toBe(0)
  })

  it('is not closed where no card has that address', () => {
    const { status, stdout, stderr } = sh(`${tools(':')}\n${textOf('drbd-port', 'inject')}`)
    expect(stderr).toBe('no card has the address at which DRBD replicates r0\n')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })
})

it('kills the service by the name that it has there', () => {
  const kill = (units: readonly string[]) => faults['kill-nagios'].inject({ ...place(), units })
  expect(kill(['nagios', 'httpd'])).toMatch(/ nagios.service$/)
  expect(kill(['mariadb', 'nagios4', 'apache2'])).toMatch(/ nagios4.service$/)
})

it('a fault of a card that a node does not have is none', () => {
  expect(textOf('one-way-loss', 'inject', 'backbone')).toContain('eth2')
  expect(() => textOf('one-way-loss', 'inject', 'link7')).toThrow('no card is known for the network link7')
})

describe('a clock', () => {
  /** It is ahead of the true time by so many seconds, and setting it ends with `code`. */
  const clock = (end: 'inject' | 'heal', ahead: number, code = 0) => {
    const set = `*) echo "$*" >&2; return ${code}`
    const date = `date() { case $1 in +%s) echo $(($(command date +%s) + ${ahead})) ;; ${set} ;; esac; }`
    return sh(`${date}; ${textOf('clock-jump', end).replaceAll('/run/', `${folder}/`)}`)
  }

  it('is set back where it was set forward, once, and nowhere else', () => {
    expect(clock('heal', 0)).toMatchObject({ status: 0, stderr: '' })
    expect(clock('inject', 0)).toMatchObject({ status: 0, stderr: '-s +1 hour\n' })
    expect(clock('heal', 3600)).toMatchObject({ status: 0, stderr: '-s -1 hour\n' })
    expect(clock('heal', 0)).toMatchObject({ status: 0, stderr: '' })
    expect(clock('inject', 0, 1).status).toBe(1)
    expect(clock('heal', 0)).toMatchObject({ status: 0, stderr: '' })
  })

  it('stays as it is where somebody else has set it right: then there was no fault', () => {
    expect(clock('inject', 0).status).toBe(0)
    expect(clock('heal', 0)).toMatchObject({
      status: 1,
      stderr: 'somebody has set the clock right meanwhile\n',
    })
    expect(clock('heal', 0)).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('a disk', () => {
  const filler = () => join(folder, 'drill-filler')
  const mounted = (code: number) => `mountpoint() { return ${code}; }`

  it('is not filled where the shared storage is not mounted: that would be the disk of the system', () => {
    const text = beginning('full-disk', place())
    const { status, stderr } = sh(`${mounted(1)}; dd() { : >${filler()}; }; ${text}`)
    expect(stderr).toBe(`${folder} is not mounted here\n`)
    expect(status).toBe(1)
    expect(readdirSync(folder)).toEqual([])
  })

  // Only root may mount; vitest names the test as skipped for anybody else.
  it.runIf(process.getuid?.() === 0)('is full at once, however large it is', () => {
    const image = join(folder, 'image')
    const store = join(folder, 'store')
    execFileSync('sh', ['-c', `truncate -s 2G ${image} && mke2fs -q -t ext4 ${image} && mkdir ${store}`])
    execFileSync('mount', ['-o', 'loop', image, store])
    try {
      const { inject } = faults['full-disk']
      const { status, stderr } = sh(inject({ ...place(), mount: store }))
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(() => writeFileSync(join(store, 'more'), 'x'.repeat(10_000))).toThrow('ENOSPC')
      // Nothing of it was written.
      expect(Number(execFileSync('du', ['-k', image], { encoding: 'utf8' }).split('\t')[0])).toBeLessThan(
        500_000,
      )
    } finally {
      execFileSync('umount', [store])
    }
  })
})
