import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseDatabase, parseSample } from '../../lab/drills/audit/sample.ts'
import { databaseSampler, sampler } from '../../lab/drills/run/scripts.ts'
import { askSteadily, repeat } from '../../lab/drills/run/stream.ts'
import { SHELLS } from '../support/shells.ts'
import { cluster } from '../unit/lab/drills/fixture.ts'

// The loops that answer in the guests, here on this machine's own /proc.

describe.each(SHELLS)('on $name', ({ command }) => {
  const [program = '', ...words] = command.split(' ')
  const answers = (script: string, ticks: number) =>
    execFileSync(program, [...words, '-c', script], { input: 'tick\n'.repeat(ticks), encoding: 'utf8' })
      .trim()
      .split('\n')

  it('a node tells what it has, a line a question', () => {
    const own = { ...cluster, vip: '127.0.0.1', mount: '/proc', units: ['no-such-unit'] }
    const lines = answers(sampler(own), 3)
    expect(lines).toHaveLength(3)
    expect(parseSample(lines[2] ?? '')).toMatchObject({ vip: true, mounted: true, units: [] })
  })

  it('a node tells what it has not', () => {
    const none = { ...cluster, vip: '127.0.0.10', mount: '/pro', units: [] }
    expect(parseSample(answers(sampler(none), 1)[0] ?? '')).toMatchObject({ vip: false, mounted: false })
  })

  it('a node tells of its own resource of DRBD, whichever others there are', () => {
    const folder = mkdtempSync(join(tmpdir(), 'runsheet-samples-'))
    const state = (minor: number, words: string) => ` ${minor}: cs:${words} C r-----\n    ns:0 nr:0 oos:0\n`
    writeFileSync(
      join(folder, 'drbd'),
      `version: 8.4.11\n${state(0, 'StandAlone ro:Secondary/Unknown ds:Outdated/DUnknown')}${state(1, 'Connected ro:Primary/Secondary ds:UpToDate/UpToDate')}${state(12, 'WFConnection ro:Secondary/Unknown ds:Inconsistent/DUnknown')}`,
    )
    const script = sampler({ ...cluster, resource: 'r1' }).replaceAll('/proc/drbd', join(folder, 'drbd'))
    const drbdadm = 'drbdadm() { [ "$*" = "sh-minor r1" ] && echo 1; }'
    const [, second = ''] = answers(`${drbdadm}; ${script}`, 2)
    const wanted = { connection: 'Connected', role: 'Primary', disk: 'UpToDate' }
    expect(parseSample(second)).toMatchObject(wanted)
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['gone', 'ERROR 2002 (HY000): Can not connect to local server through socket (111)', false],
    ['silent', 'ERROR 1040 (08004): Too many connections', undefined],
    ['silent', 'ERROR 2013 (HY000): Lost connection at reading initial communication packet', undefined],
    ['silent', '', undefined],
  ])('a database is %s that says %j, and no line of it is taken for a state', (word, said, writable) => {
    const [line = ''] = answers(
      `mariadb() { echo ${said && `'${said}'`} >&2; return 1; }; ${databaseSampler}`,
      1,
    )
    expect(line).toBe(word)
    expect(parseDatabase(line)).toEqual({ answers: false, writable, io: '', sql: '' })
  })

  it('a database that follows says so', () => {
    const said = "printf '%s\\n' '@@global.read_only: 1' '  Slave_IO_Running: Yes' '  Slave_SQL_Running: No'"
    const [line = ''] = answers(`mariadb() { ${said}; }; ${databaseSampler}`, 1)
    expect(parseDatabase(line)).toEqual({ answers: true, writable: false, io: 'Yes', sql: 'No' })
  })
})

describe('steady questions', () => {
  it('go on over a new connection when one broke, and an answer lies between its times', async () => {
    const heard: { line: string; sent: number; received: number }[] = []
    const program = () => ['sh', '-c', 'read -r tick; echo "$$"; read -r tick; exit 1']
    const running = askSteadily(program, { period: 50, patience: 5000 }, (line, sent, received) =>
      heard.push({ line, sent, received }),
    )
    while (heard.length < 3) await sleep(20)
    await running.stop()
    expect(new Set(heard.map(({ line }) => line)).size).toBe(heard.length)
    for (const { sent, received } of heard) expect(received).toBeGreaterThanOrEqual(sent)
  })

  it('give up a connection that is silent, and take no answer that comes later', async () => {
    const heard: string[] = []
    let opened = 0
    const program = () => {
      opened += 1
      return opened === 1
        ? ['sh', '-c', 'read -r tick; echo now; sleep 1; echo late; sleep 9']
        : ['sh', '-c', 'while read -r tick; do echo now; done']
    }
    const running = askSteadily(program, { period: 20, patience: 300 }, (line) => heard.push(line))
    while (heard.length < 3) await sleep(20)
    await running.stop()
    expect(new Set(heard)).toEqual(new Set(['now']))
  })

  it('give up a connection whose program is gone, though another one still has its output', async () => {
    const heard: string[] = []
    let opened = 0
    const program = () => {
      opened += 1
      return opened === 1
        ? ['sh', '-c', '(sleep 1; echo late) & read -r tick; echo now; wait']
        : ['sh', '-c', 'while read -r tick; do echo now; done']
    }
    const running = askSteadily(program, { period: 20, patience: 700 }, (line) => heard.push(line))
    while (heard.length < 3) await sleep(20)
    await running.stop()
    expect(new Set(heard)).toEqual(new Set(['now']))
  })

  it('tell in the end what ended them', async () => {
    const running = repeat(() => Promise.reject(new Error('no space left')))
    await sleep(50)
    await expect(running.stop()).rejects.toThrow('no space left')
  })

  it('give a guest that boots the time for a login', async () => {
    const heard: string[] = []
    let opened = 0
    const program = () => {
      opened += 1
      return ['sh', '-c', 'sleep 1; while read -r tick; do echo now; done']
    }
    const running = askSteadily(program, { period: 20, patience: 300 }, (line) => heard.push(line))
    while (heard.length < 3) await sleep(20)
    await running.stop()
    expect(opened).toBe(1)
  })
})
