import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { PlanFile } from '../../lib/apply/index.ts'
import { play, playFromFacts } from '../../lib/plan/index.ts'
import type { Guard, TaskOptions } from '../../lib/resource/index.ts'
import { raw, sh } from '../../lib/shell/sh.ts'
import { at, type Hosts, line, run } from '../support/converge.ts'

describe('a guard', () => {
  const guard = (more: Partial<Guard> = {}): Guard => ({
    protects: 'the disk',
    hosts: ['a', 'b'],
    ask: { empty: sh`[ -e ${at('data')} ] && echo full || echo empty` },
    refuse: (evidence) =>
      [...evidence].flatMap(([host, { empty }]) =>
        empty?.stdout === 'empty\n' ? [] : [`${host} is not empty`],
      ),
    recheck: raw('true'),
    ...more,
  })
  const plays = (options: TaskOptions) => (hosts: Hosts) => [
    play('p', hosts.slice(0, 1), () => [line(at('1'), 'x', options)]),
  ]

  it('lets its task run when every host says that nothing is lost', async () => {
    const { exitCode, outcomes } = await run(plays({ guard: guard() }))
    expect({ exitCode, outcomes }).toEqual({ exitCode: 0, outcomes: ['a 1 changed'] })
  })

  it('refuses with every reason, and nothing is changed', async () => {
    writeFileSync(at('data'), '')
    const { exitCode, errors } = await run(plays({ guard: guard() }))
    expect(exitCode).toBe(3)
    expect(errors[0]?.message).toContain('- a is not empty\n- b is not empty')
    expect(existsSync(at('1'))).toBe(false)
  })

  it('is not asked where nothing would be changed', async () => {
    writeFileSync(at('1'), 'x\n')
    writeFileSync(at('data'), '')
    expect((await run(plays({ guard: guard() }))).exitCode).toBe(0)
  })

  it('refuses when a host concerned cannot be asked', async () => {
    const { exitCode, errors } = await run(plays({ guard: guard({ hosts: ['a', 'c'] }) }), {
      hosts: 'a b c',
      limit: 'a',
      unreachable: 'c',
    })
    expect(exitCode).toBe(3)
    expect(errors.map(({ message }) => message).join('\n')).toContain('c gave no evidence')
  })

  it('refuses when a host is lost while it is asked', async () => {
    const { exitCode } = await run(plays({ guard: guard({ ask: { empty: raw('kill -9 $$') } }) }))
    expect(exitCode).toBe(3)
    expect(existsSync(at('1'))).toBe(false)
  })

  it('refuses on the target when the condition no longer holds at the moment of the change', async () => {
    const { exitCode, outcomes } = await run(
      plays({ guard: guard({ recheck: raw('echo changed since >&2; false') }) }),
    )
    expect({ exitCode, outcomes }).toEqual({ exitCode: 3, outcomes: ['a 1 failed'] })
    expect(existsSync(at('1'))).toBe(false)
  })

  describe('is asked anew', () => {
    const emptyOf = (name: string): Partial<Guard> => ({
      hosts: ['a', 'b'],
      ask: { empty: sh`[ -e ${at(name)} ] && echo full || echo empty` },
    })
    const two = (hosts: Hosts, first: TaskOptions, second: TaskOptions) => [
      play('p', hosts, () => [line(at('1'), 'x', first), line(at('2'), 'x', second)]),
    ]

    it('after each task, since what that one did may be the very data of the next', async () => {
      const { exitCode, outcomes } = await run((hosts) =>
        two(hosts.slice(0, 1), { guard: guard() }, { guard: guard(emptyOf('1')) }),
      )
      expect({ exitCode, outcomes }).toEqual({ exitCode: 3, outcomes: ['a 1 changed', 'a 2 skipped'] })
    })

    it('for a task that a change before it has called for', async () => {
      const when = { otherwise: 'it is not called for', test: sh`[ -e ${at('1')} ]` }
      const never = guard({ refuse: () => ['never'] })
      const { exitCode } = await run((hosts) =>
        two(hosts.slice(0, 1), { guard: guard() }, { when, guard: never }),
      )
      expect(exitCode).toBe(3)
      expect(existsSync(at('2'))).toBe(false)
    })

    const onEach = (hosts: Hosts) => [
      play('p', hosts, ({ name }) => [line(at(name), 'x', { guard: guard(emptyOf('a')) })]),
    ]

    it('for each host, where --forks lets one wait for another', async () => {
      const { exitCode, outcomes } = await run(onEach, { forks: 1 })
      expect({ exitCode, outcomes }).toEqual({ exitCode: 3, outcomes: ['a a changed', 'b b skipped'] })
    })

    it('for each host, where --step lets one wait for another and for a person', async () => {
      const asked: string[] = []
      const { exitCode, outcomes } = await run(onEach, {
        confirm: async (host) => {
          asked.push(`${host} ${existsSync(at('a')) ? 'after' : 'before'} a`)
          return 'yes'
        },
      })
      expect({ exitCode, outcomes }).toEqual({ exitCode: 3, outcomes: ['a a changed', 'b b skipped'] })
      expect(asked).toEqual(['a before a', 'b after a'])
    })

    it('and judges hosts that work at once on the same evidence', async () => {
      expect((await run(onEach)).outcomes.sort()).toEqual(['a a changed', 'b b changed'])
    })
  })

  it('asks nobody before all are reached, so that no answer waits for a login', async () => {
    const ask = { empty: sh`touch ${at('asked')}; echo empty` }
    const early: boolean[] = []
    const { exitCode } = await run(plays({ guard: guard({ ask }) }), {
      limit: 'a',
      onConnect: async (host) => {
        if (host !== 'b') return
        await sleep(300)
        early.push(existsSync(at('asked')))
      },
    })
    expect({ exitCode, early }).toEqual({ exitCode: 0, early: [false] })
  })

  it('asks of hosts that -l leaves out, too', async () => {
    const { exitCode } = await run(plays({ guard: guard({ hosts: ['a', 'b'] }) }), { limit: 'a' })
    expect(exitCode).toBe(0)
    writeFileSync(at('data'), '')
    writeFileSync(at('1'), '')
    expect((await run(plays({ guard: guard() }), { limit: 'a' })).errors[0]?.message).toContain(
      'b is not empty',
    )
  })

  it('is not got around by beginning in the middle, by tags, or by a plan', async () => {
    writeFileSync(at('data'), '')
    const named = { name: 'mkfs', tags: ['x'], guard: guard() }
    let planned: PlanFile | undefined
    await run(plays(named), {
      check: true,
      onPlan: (plan) => {
        planned = plan
      },
    })
    for (const options of [{ startAtTask: 'mkfs' }, { tags: ['x'] }, { skipTags: ['y'] }, { planned }])
      expect((await run(plays(named), options)).exitCode).toBe(3)
    expect(existsSync(at('1'))).toBe(false)
  })

  describe('ends the run with its refusal', () => {
    const refuseOf = (...hosts: string[]) =>
      guard({ refuse: (_, host) => (hosts.includes(host) ? ['never'] : []) })

    it('for the hosts of the batches behind it', async () => {
      const { exitCode } = await run((hosts) => [
        play('p', hosts, ({ name }) => [line(at(name), 'x', { guard: refuseOf('a') })], { serial: 1 }),
      ])
      expect([exitCode, existsSync(at('b'))]).toEqual([3, false])
    })

    it('for the hosts that would have come after it', async () => {
      const { exitCode } = await run(
        (hosts) => [play('p', hosts, ({ name }) => [line(at(name), 'x', { guard: refuseOf('a') })])],
        { forks: 1 },
      )
      expect([exitCode, existsSync(at('b'))]).toEqual([3, false])
    })

    it('for the tasks behind it, and for the plays', async () => {
      const { exitCode } = await run((hosts) => [
        play('p', hosts, ({ name }) => [
          line(at(`${name}.1`), 'x', { guard: refuseOf('a') }),
          line(at(`${name}.2`), 'x', { guard: refuseOf() }),
        ]),
        play('q', hosts, ({ name }) => [line(at(`${name}.3`), 'x')]),
      ])
      const made = ['a', 'b'].flatMap((host) => [1, 2, 3].filter((n) => existsSync(at(`${host}.${n}`))))
      expect([exitCode, made]).toEqual([3, []])
    })
  })

  it('is asked where nobody can tell yet whether its task would change anything', async () => {
    const when = { otherwise: 'nobody knows', test: raw('exit 75') }
    const { exitCode, errors } = await run(plays({ when, guard: guard({ refuse: () => ['never'] }) }))
    expect({ exitCode, said: errors[0]?.code }).toEqual({ exitCode: 3, said: 'E_REFUSED' })
  })

  it('has no say in what is as wanted, also after a change elsewhere', async () => {
    writeFileSync(at('1'), 'x\n')
    const { exitCode, outcomes } = await run((hosts) => [
      play('change', hosts.slice(1), () => [line(at('2'), 'x')]),
      ...plays({ guard: guard({ refuse: () => ['never'] }) })(hosts),
    ])
    expect({ exitCode, outcomes }).toEqual({ exitCode: 0, outcomes: ['b 2 changed', 'a 1 ok'] })
  })

  it('hears the answers to its own questions, and not to those of another guard', async () => {
    const own = (name: string) =>
      guard({
        ask: { who: raw(`echo ${name}`) },
        refuse: (evidence) =>
          [...evidence].flatMap(([, { who }]) => (who?.stdout === `${name}\n` ? [] : [`not for ${name}`])),
      })
    const { exitCode } = await run((hosts) => [
      play('p', hosts, ({ name }) => [line(at(name), 'x', { guard: own(name) })]),
    ])
    expect(exitCode).toBe(0)
  })

  it('is asked in a play that is made from facts', async () => {
    writeFileSync(at('data'), '')
    const { exitCode } = await run((hosts) => [
      play('change', hosts, ({ name }) => [line(at(name), 'x')]),
      playFromFacts('p', hosts, () => [line(at('1'), 'x', { guard: guard() })]),
    ])
    expect(exitCode).toBe(3)
    expect(existsSync(at('1'))).toBe(false)
  })
})
