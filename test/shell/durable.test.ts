import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { limitSession } from '../../lib/apply/limits.ts'
import { play } from '../../lib/plan/index.ts'
import { handler } from '../../lib/resource/index.ts'
import { raw } from '../../lib/shell/sh.ts'
import type { FusedStep, Step } from '../../lib/shell/step.ts'
import { at, type Hosts, line, run } from '../support/converge.ts'
import { frames, openFolder, openShell } from '../support/shells.ts'

const holder = (name: string, ...resumes: string[]) => ({
  run: name,
  resumes,
  owner: `somebody in run ${name}`,
})
const exists = async (path: string) => {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20))
}
const first = (hosts: Hosts) => hosts.slice(0, 1)

describe('a run that works on a target', () => {
  const plays = (apply: string) => (hosts: Hosts) => [
    play('p', first(hosts), () => [line(at('1'), 'x', { apply }), line(at('2'), 'y')]),
  ]

  it('keeps another one from it, which names it and changes nothing', async () => {
    const apply = `touch ${at('began')}; while [ ! -e ${at('go')} ]; do sleep 0.1; done; echo x > ${at('1')}`
    const one = run(plays(apply), { holder: holder('one') })
    await exists(at('began'))
    const other = await run(plays(apply), { holder: holder('other') })
    expect([other.exitCode, other.outcomes]).toEqual([2, ['a 1 skipped', 'a 2 skipped']])
    expect(other.errors[0]).toMatchObject({ code: 'E_LOCKED' })
    expect(other.errors[0]?.message).toMatch(
      /another run works there: somebody in run one, run one, process \d+$/,
    )
    writeFileSync(at('go'), '')
    expect((await one).outcomes).toEqual(['a 1 changed', 'a 2 changed'])
    expect(existsSync(at('state/runsheet/lock'))).toBe(false)
  })

  it('does not hold it in check mode, nor where nothing differs, and holding costs no trip', async () => {
    const checked = await run(plays(`echo x > ${at('1')}`), { check: true, holder: holder('one') })
    expect(checked.trips).toEqual([1, 1])
    expect(existsSync(at('state'))).toBe(false)
    const held = await run(plays(`echo x > ${at('1')}`), { holder: holder('one') })
    expect(held.trips).toEqual([2, 1])
    mkdirSync(at('state/runsheet/lock'))
    expect((await run(plays('false'), { holder: holder('two') })).trips).toEqual([1, 1])
  })

  it('says of a state folder that cannot be written what it is', async () => {
    writeFileSync(at('state'), '')
    const { exitCode, errors, outcomes } = await run(plays('true'), { holder: holder('one') })
    expect([exitCode, outcomes]).toEqual([2, ['a 1 skipped', 'a 2 skipped']])
    expect(errors[0]).toMatchObject({ code: 'E_LOCKED', details: { remote: { exitCode: 1 } } })
    expect(errors[0]?.details.remote?.stderr).toMatch(/mkdir.*state/)
  })
})

describe('a run that is interrupted', () => {
  const controllers = () => {
    const [soon, now] = [new AbortController(), new AbortController()]
    return { soon, now, interrupts: { soon: soon.signal, now: now.signal } }
  }
  const slow = (seconds: number) => `touch ${at('began')}; sleep ${seconds}; echo x > ${at('1')}`
  const plays = (seconds: number) => (hosts: Hosts) => [
    play('p', first(hosts), () => [
      line(at('1'), 'x', {
        apply: slow(seconds),
        notify: handler('restart', raw(`touch ${at('restarted')}`)),
      }),
      line(at('2'), 'y'),
    ]),
    play('q', hosts, () => [line(at('3'), 'z')]),
  ]

  it('finishes the task in hand, gives the target back and says what was not done', async () => {
    const { soon, interrupts } = controllers()
    const ended = run(plays(1), { interrupts, holder: holder('one') })
    await exists(at('began'))
    soon.abort()
    const { exitCode, outcomes, errors } = await ended
    expect(exitCode).toBe(2)
    expect(outcomes).toEqual(['a 1 changed', 'a 2 skipped', 'b 3 skipped'])
    expect(errors.map(({ code }) => code)).toContain('E_INTERRUPTED')
    expect(readFileSync(at('1'), 'utf8')).toBe('x\n')
    expect(existsSync(at('state/runsheet/lock'))).toBe(false)
    expect(readdirSync(at('state/runsheet/notify'))).toHaveLength(1)
    const resumed = await run(plays(1), { holder: holder('two', 'one') })
    expect([resumed.exitCode, resumed.handlers]).toEqual([0, ['a restart changed']])
  })

  it('ends at once the second time, and what was in hand is unknown', async () => {
    const { soon, now, interrupts } = controllers()
    const ended = run(plays(30), { interrupts, holder: holder('one') })
    await exists(at('began'))
    soon.abort()
    now.abort()
    const { exitCode, outcomes } = await ended
    expect(exitCode).toBe(4)
    expect(outcomes.slice(0, 2)).toEqual(['a 1 unknown', 'a 2 unknown'])
  })

  it('drops a look ahead at once', async () => {
    const { soon, interrupts } = controllers()
    setTimeout(() => soon.abort(), 500)
    const began = performance.now()
    const { exitCode, outcomes } = await run(
      (hosts) => [
        play('p', first(hosts), () => [
          line(at('1'), 'x', { when: { otherwise: '', test: raw('sleep 30') } }),
        ]),
      ],
      { interrupts },
    )
    expect([exitCode, outcomes]).toEqual([2, []])
    expect(performance.now() - began).toBeLessThan(15_000)
  })
})

describe('what hangs', () => {
  const fused = (changes: Partial<FusedStep>): FusedStep => ({
    kind: 'fused',
    number: 1,
    needs: [],
    probe: raw('echo old'),
    expected: 'new',
    notify: [],
    apply: raw('true'),
    ...changes,
  })
  const limited = async (...steps: Step[]) => {
    const session = limitSession(await openShell('sh', openFolder()), 'here', { look: 1, change: 60 })
    const said = await frames(session, steps)
    await session.close()
    return said.map(({ words, stdout, stderr }) => [words.join(' '), stdout, stderr])
  }

  it('a probe is ended, says so, and the next one goes on', async () => {
    const hung: Step = {
      kind: 'probe',
      number: 1,
      needs: [],
      probe: raw('echo part; echo why >&2; sleep 60'),
    }
    const next: Step = { kind: 'probe', number: 2, needs: [], probe: raw('echo next') }
    expect(await limited(hung, next)).toEqual([
      [
        'probe 1 143',
        'part',
        expect.stringMatching(/^why\n(.*\n)*runsheet: ended after 1 s, the time limit of this step\n$/),
      ],
      ['probe 2 0', 'next', ''],
    ])
  })

  it('a change is ended after its own limit, with all that it said', async () => {
    const apply = raw('echo part; sleep 60; echo never')
    const [probe, change] = await limited(fused({ apply, limit: 1 }))
    expect(probe?.[0]).toBe('probe 1 0')
    expect(change?.slice(0, 2)).toEqual(['apply 1 143', 'part\n'])
    expect(change?.[2]).toContain('ended after 1 s, the time limit of this step')
  })
})

describe('what breaks on the target is told as what it is', () => {
  const failing = (apply: string) => (hosts: Hosts) => [
    play('p', first(hosts), () => [line(at('1'), 'x', { apply })]),
  ]

  it.each([
    ['a full disk', 'echo x > /dev/full', /No space left on device|I\/O error|write error/],
    [
      'a read-only file system',
      'echo x > /proc/version',
      /Permission denied|Read-only|Operation not permitted|[Cc]annot|I\/O error/,
    ],
    ['a tool that is not there', 'no-such-tool --now', /no-such-tool: not found/],
  ])('%s', async (_, apply, stderr) => {
    const { exitCode, errors, outcomes } = await run(failing(apply), { holder: holder('one') })
    expect([exitCode, outcomes]).toEqual([2, ['a 1 failed']])
    expect(errors[0]).toMatchObject({
      code: 'E_APPLY_FAILED',
      details: { remote: { host: 'a', command: apply } },
    })
    expect(errors[0]?.details.remote?.stderr).toMatch(stderr)
    expect(existsSync(at('state/runsheet/lock'))).toBe(false)
  })

  it('a shell that dies in the middle of a batch, with what it had said', async () => {
    const { exitCode, errors, outcomes } = await run(
      failing('echo part; echo why >&2; kill -9 $$; sleep 1'),
      {
        holder: holder('one'),
      },
    )
    expect([exitCode, outcomes]).toEqual([4, ['a 1 unknown']])
    expect(errors[0]).toMatchObject({
      code: 'E_CONNECTION_LOST',
      details: { remote: { command: expect.stringContaining('kill -9'), stdout: 'part\n', stderr: 'why\n' } },
    })
    const after = await run(failing(`echo x > ${at('1')}`), { holder: holder('two', 'one') })
    expect([after.exitCode, existsSync(at('state/runsheet/lock'))]).toEqual([0, false])
  })
})
