import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { play } from '../../lib/plan/index.ts'
import { handler } from '../../lib/resource/index.ts'
import { raw, sh } from '../../lib/shell/sh.ts'
import { at, folder, type Hosts, line, run } from '../support/converge.ts'

describe('convergence', () => {
  const plays = (hosts: Hosts) => [
    play('one', hosts, ({ name }) => [line(at(`${name}.1`), 'x'), line(at(`${name}.2`), 'y')]),
    play('two', hosts, ({ name }) => [line(at(`${name}.3`), 'z')]),
  ]

  it('changes what differs, in one look ahead and one trip a play', async () => {
    const { exitCode, outcomes, trips } = await run(plays)
    expect(exitCode).toBe(0)
    expect(outcomes.sort()).toEqual(
      ['a', 'b']
        .flatMap((host) => [1, 2, 3].map((n) => `${host} line ${host}.${n} changed`))
        .map((text) => text.replace('line ', '')),
    )
    expect(trips).toEqual([3, 3])
  })

  it('changes nothing the second time, in the look ahead alone', async () => {
    await run(plays)
    const { exitCode, changed, trips, outcomes } = await run(plays)
    expect({ exitCode, changed, trips }).toEqual({ exitCode: 0, changed: 0, trips: [1, 1] })
    expect(outcomes.every((outcome) => outcome.endsWith(' ok'))).toBe(true)
  })

  it('repairs exactly what drifted', async () => {
    await run(plays)
    writeFileSync(at('b.2'), 'other\n')
    const { outcomes, events } = await run(plays)
    expect(outcomes.filter((outcome) => !outcome.endsWith(' ok'))).toEqual(['b b.2 changed'])
    expect(events.find((one) => one.event === 'task' && one.outcome === 'changed')).toMatchObject({
      changes: ['word: other → y'],
    })
  })

  it('tells in check mode what it would do, and does nothing', async () => {
    const before = readdirSync(folder).sort()
    const { exitCode, outcomes, changed } = await run(plays, { check: true })
    expect(exitCode).toBe(0)
    expect(changed).toBe(6)
    expect(outcomes.every((outcome) => outcome.endsWith('would-change'))).toBe(true)
    expect(readdirSync(folder).sort()).toEqual([...before, 'i.yml'].sort())
  })
})

describe('an outcome is never better than what was seen', () => {
  it('a change that fails stops its host and leaves the rest undone', async () => {
    const { exitCode, outcomes, errors } = await run((hosts) => [
      play('p', hosts.slice(0, 1), () => [
        line(at('1'), 'x', { apply: 'echo out; echo err >&2; false; touch never' }),
        line(at('2'), 'y'),
      ]),
      play('q', hosts, ({ name }) => [line(at(`${name}.3`), 'z')]),
    ])
    expect(exitCode).toBe(2)
    expect(outcomes).toEqual(['a 1 failed', 'a 2 skipped', 'b b.3 changed'])
    expect(errors[0]?.code).toBe('E_APPLY_FAILED')
    expect(errors[0]?.details.remote).toMatchObject({
      host: 'a',
      exitCode: 1,
      stdout: 'out\n',
      stderr: 'err\n',
    })
  })

  it('a failure ends the run at the barrier for all where the playbook says so', async () => {
    const { outcomes } = await run(
      (hosts) => [
        play('p', hosts, ({ name }) => [line(at(`${name}.1`), 'x', name === 'a' ? { apply: 'exit 3' } : {})]),
        play('q', hosts, ({ name }) => [line(at(`${name}.2`), 'z')]),
      ],
      { fatal: true },
    )
    expect(outcomes.sort()).toEqual(['a a.1 failed', 'b b.1 changed'])
  })

  it('what still differs after its change has failed', async () => {
    const { exitCode, errors } = await run((hosts) => [
      play('p', hosts.slice(0, 1), () => [line(at('1'), 'x', { apply: 'true' })]),
    ])
    expect(exitCode).toBe(2)
    expect(errors[0]?.code).toBe('E_NOT_CONVERGED')
    expect(errors[0]?.message).toContain('wanted:\nword x\nfound:\nword')
  })

  it('a shell that dies in a change leaves the task unknown', async () => {
    const { exitCode, outcomes, errors } = await run((hosts) => [
      play('p', hosts.slice(0, 1), () => [line(at('1'), 'x', { apply: 'kill -9 $$' }), line(at('2'), 'y')]),
    ])
    expect(exitCode).toBe(4)
    expect(outcomes).toEqual(['a 1 unknown', 'a 2 unknown'])
    expect(errors[0]?.code).toBe('E_CONNECTION_LOST')
    expect(existsSync(at('2'))).toBe(false)
  })

  it('a condition that does not hold skips with its reason', async () => {
    const when = { otherwise: 'it is not Sunday', test: raw('false') }
    const { exitCode, events } = await run((hosts) => [
      play('p', hosts.slice(0, 1), () => [line(at('1'), 'x', { when })]),
    ])
    expect(exitCode).toBe(0)
    expect(events.find((one) => one.event === 'task')).toMatchObject({
      outcome: 'skipped',
      reason: 'it is not Sunday',
    })
  })

  it('what an earlier change must make possible is unknown in check mode, and works in a run', async () => {
    const plays = (hosts: Hosts) => [
      play('p', hosts.slice(0, 1), () => [
        line(at('1'), 'x'),
        line(at('2'), 'y', { when: { otherwise: '', test: sh`[ -e ${at('1')} ] || exit 75` } }),
      ]),
    ]
    const checked = await run(plays, { check: true })
    expect(checked.outcomes).toEqual(['a 1 would-change', 'a 2 unknown'])
    expect(checked.events.find((one) => one.event === 'task' && one.number === 2)).toMatchObject({
      reason: expect.stringContaining('after task 1'),
    })
    expect((await run(plays)).outcomes).toEqual(['a 1 changed', 'a 2 changed'])
  })
})

describe('a handler', () => {
  const plays = (command: string) => (hosts: Hosts) => [
    play('p', hosts.slice(0, 1), () => [
      line(at('1'), 'x', { notify: handler('restart', raw(command)) }),
      line(at('2'), 'y', { notify: handler('restart', raw(command)) }),
    ]),
  ]

  it('runs once at the end of the play, and not without a change', async () => {
    const count = `echo run >> '${at('count')}'`
    expect((await run(plays(count))).handlers).toEqual(['a restart changed'])
    expect((await run(plays(count))).handlers).toEqual([])
    expect(readFileSync(at('count'), 'utf8')).toBe('run\n')
  })

  it('is owed until it has succeeded, also when nothing differs any more', async () => {
    const command = `[ -e '${at('ready')}' ] && echo run >> '${at('count')}'`
    expect((await run(plays(command))).exitCode).toBe(2)
    const checked = await run(plays(command), { check: true })
    expect(checked.handlers).toEqual(['a restart would-change'])
    writeFileSync(at('ready'), '')
    const later = await run(plays(command))
    expect(later.handlers).toEqual(['a restart changed'])
    expect(later.outcomes).toEqual(['a 1 ok', 'a 2 ok'])
    expect((await run(plays(command))).handlers).toEqual([])
  })
})
