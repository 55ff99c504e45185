import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answer, Confirm } from '../../lib/apply/index.ts'
import { type Play, play, playFromFacts } from '../../lib/plan/index.ts'
import { block, handler, type TaskOptions } from '../../lib/resource/index.ts'
import { raw, sh } from '../../lib/shell/sh.ts'
import { at, type Hosts, line, run, type Vars } from '../support/converge.ts'

const FAILS = { apply: 'false' }
const on =
  (count: number, ...tasks: ReturnType<Play<Vars>['tasks']>) =>
  (hosts: Hosts) => [play('p', hosts.slice(0, count), () => tasks)]
const read = (name: string) => readFileSync(at(name), 'utf8').trim().split('\n')
/** A line whose change also tells in which order things happened. */
const logged = (name: string, options: TaskOptions = {}) =>
  line(at(name), 'x', { ...options, apply: `echo x > ${at(name)}; echo ${name} >> ${at('log')}` })

describe('a block', () => {
  const release = (sections: { tasks?: object; rescue?: object; always?: object } = {}) => [
    line(at('before'), 'x'),
    ...block('release', {
      tasks: [line(at('1'), 'x', sections.tasks), line(at('2'), 'x')],
      rescue: [line(at('r'), 'x', sections.rescue), line(at('r2'), 'x')],
      always: [line(at('z'), 'x', sections.always)],
    }),
    line(at('after'), 'x'),
  ]

  it('runs its rescue only after a failure, and what always follows in any case', async () => {
    const { exitCode, outcomes, trips, events } = await run(on(1, ...release()))
    expect(outcomes).toEqual([
      'a before changed',
      'a 1 changed',
      'a 2 changed',
      'a r skipped',
      'a r2 skipped',
      'a z changed',
      'a after changed',
    ])
    expect({ exitCode, trips }).toEqual({ exitCode: 0, trips: [2, 1] })
    expect(events.find((one) => one.event === 'task' && one.outcome === 'skipped')).toMatchObject({
      reason: "nothing failed in block 'release'",
    })
    expect((await run(on(1, ...release()))).trips).toEqual([1, 1])
  })

  it('goes on behind a failure that its rescue has mended, in the same trip, and tells so', async () => {
    const { exitCode, outcomes, trips, events } = await run(on(1, ...release({ tasks: FAILS })))
    expect(outcomes).toEqual([
      'a before changed',
      'a 1 failed',
      'a 2 skipped',
      'a r changed',
      'a r2 changed',
      'a z changed',
      'a after changed',
    ])
    expect({ exitCode, trips }).toEqual({ exitCode: 0, trips: [2, 1] })
    expect(events.find((one) => one.event === 'rescued')).toMatchObject({ host: 'a', block: 'release' })
    expect(events.at(-1)).toMatchObject({ hosts: { a: { failed: 0, rescued: 1, changed: 5 } } })
  })

  it.each([
    [
      'rescue',
      { tasks: FAILS, rescue: FAILS },
      ['1 failed', '2 skipped', 'r failed', 'r2 skipped', 'z changed'],
    ],
    ['always', { always: FAILS }, ['1 changed', '2 changed', 'r skipped', 'r2 skipped', 'z failed']],
  ])('stops its host when its %s fails', async (_, sections, expected) => {
    const { exitCode, outcomes, events } = await run(on(1, ...release(sections)))
    expect(outcomes.slice(1)).toEqual([...expected, 'after skipped'].map((text) => `a ${text}`))
    expect(exitCode).toBe(2)
    expect(events.some((one) => one.event === 'rescued')).toBe(false)
  })

  it('without a rescue still does what always follows', async () => {
    const tasks = block('b', { tasks: [line(at('1'), 'x', FAILS)], always: [line(at('z'), 'x')] })
    const { exitCode, outcomes } = await run(on(1, ...tasks, line(at('after'), 'x')))
    expect(outcomes).toEqual(['a 1 failed', 'a z changed', 'a after skipped'])
    expect(exitCode).toBe(2)
  })

  it('nests: a failure goes outwards until a rescue takes it', async () => {
    const inner = block('inner', { tasks: [line(at('1'), 'x', FAILS)], always: [line(at('2'), 'x')] })
    const outer = block('outer', { tasks: [...inner, line(at('3'), 'x')], rescue: [line(at('4'), 'x')] })
    const { exitCode, outcomes, events } = await run(on(1, ...outer, line(at('5'), 'x')))
    expect(outcomes).toEqual(['a 1 failed', 'a 2 changed', 'a 3 skipped', 'a 4 changed', 'a 5 changed'])
    expect(events.flatMap((one) => (one.event === 'rescued' ? [one.block] : []))).toEqual(['outer'])
    expect(exitCode).toBe(0)
  })

  it('never mends a lost connection, and nothing follows one', async () => {
    const { exitCode, outcomes } = await run(on(1, ...release({ tasks: { apply: 'kill -9 $$' } })))
    expect(outcomes.slice(1).every((outcome) => outcome.endsWith('unknown'))).toBe(true)
    expect(exitCode).toBe(4)
    expect(existsSync(at('z'))).toBe(false)
  })

  it('mends nothing with a rescue that the tags leave out', async () => {
    const tasks = block('b', {
      tasks: [line(at('1'), 'x', FAILS)],
      rescue: [line(at('2'), 'x', { tags: ['never'] })],
    })
    expect((await run(on(1, ...tasks))).exitCode).toBe(2)
  })

  it('in check mode does not count on a failure', async () => {
    const { outcomes, exitCode } = await run(on(1, ...release()), { check: true })
    expect(outcomes.filter((outcome) => outcome.endsWith('skipped'))).toEqual(['a r skipped', 'a r2 skipped'])
    expect(exitCode).toBe(0)
  })
})

describe('a retry', () => {
  const third = `echo try >> '${'{log}'}'; [ $(grep -c try '${'{log}'}') -lt 3 ] || `
  const text = () => third.replaceAll('{log}', at('log'))

  it('goes on until the state is as wanted, in one trip', async () => {
    const apply = `${text()} echo x > ${at('1')}`
    const { outcomes, trips } = await run(
      on(1, line(at('1'), 'x', { apply, retry: { retries: 5, delay: 0 } })),
    )
    expect({ outcomes, trips }).toEqual({ outcomes: ['a 1 changed'], trips: [2, 1] })
    expect(read('log')).toHaveLength(3)
  })

  it('goes on until its condition holds', async () => {
    const until = raw(`[ $(grep -c try '${at('log')}') -ge 2 ]`)
    const apply = `echo try >> '${at('log')}'; echo x > ${at('1')}`
    const { outcomes } = await run(
      on(1, line(at('1'), 'x', { apply, retry: { retries: 5, delay: 0, until } })),
    )
    expect(outcomes).toEqual(['a 1 changed'])
    expect(read('log')).toHaveLength(2)
  })

  it('ends with a failure, and what each try said is evidence', async () => {
    const apply = `echo try >> '${at('log')}'; echo no >&2; exit 3`
    const { exitCode, errors } = await run(
      on(1, line(at('1'), 'x', { apply, retry: { retries: 2, delay: 0 } })),
    )
    expect(exitCode).toBe(2)
    expect(read('log')).toHaveLength(3)
    expect(errors[0]?.message).toContain('2 more tries did not help')
    expect(errors[0]?.details.remote).toMatchObject({ exitCode: 3, stderr: 'no\n' })
  })
})

describe('batches', () => {
  const plays =
    (failing: string[], serial: Play<Vars>['serial'], maxFailPercentage = 100) =>
    (hosts: Hosts) => [
      play('p', hosts, ({ name }) => [line(at(`${name}.1`), 'x', failing.includes(name) ? FAILS : {})], {
        serial: serial ?? 0,
        maxFailPercentage,
      }),
      play('q', hosts, ({ name }) => [line(at(`${name}.2`), 'x')]),
    ]
  const hosts = 'a b c d'
  const summary = (outcomes: string[]) =>
    outcomes
      .map((outcome) => outcome.replace(/^(.) .[.](.) (.).*/, '$2$1$3'))
      .sort()
      .join(' ')

  it('go on as long as few enough have failed', async () => {
    const { outcomes, exitCode } = await run(plays(['a'], 2, 50), { hosts })
    expect(summary(outcomes)).toBe('1af 1bc 1cc 1dc 2bc 2cc 2dc')
    expect(exitCode).toBe(2)
  })

  it.each([
    ['more than the share', ['a'], 2, 49, '1af 1bc 1cs 1ds'],
    ['all of a batch', ['a'], 1, 100, '1af 1bs 1cs 1ds'],
  ])('end the run when %s has failed, and the others are not begun', async (_, failing, serial, share, expected) => {
    const { outcomes, exitCode, errors } = await run(plays(failing, serial, share), { hosts })
    expect(summary(outcomes)).toBe(expected)
    expect(errors.at(-1)).toMatchObject({ code: 'E_PLAY_STOPPED' })
    expect(exitCode).toBe(2)
    expect(existsSync(at('c.1'))).toBe(false)
  })
})

describe('a task that runs once', () => {
  const plays =
    (options: TaskOptions & { apply?: string } = {}) =>
    (hosts: Hosts) => [
      play('p', hosts, ({ name }) => [
        logged(`before.${name}`),
        line(at('once'), 'x', {
          runOnce: true,
          apply: `echo x > ${at('once')}; echo once >> ${at('log')}`,
          ...options,
        }),
        logged(`after.${name}`, { notify: handler('h', sh`echo handler.${name} >> ${at('log')}`) }),
      ]),
    ]

  it('is done by the first host, when all have come to it and before any goes on', async () => {
    const { outcomes, trips } = await run(plays())
    expect(outcomes.filter((outcome) => outcome.includes('once'))).toEqual(['a once changed'])
    const log = read('log')
    expect(log.slice(0, 2).sort()).toEqual(['before.a', 'before.b'])
    expect(log[2]).toBe('once')
    expect(
      log
        .slice(3)
        .filter((word) => word.startsWith('after'))
        .sort(),
    ).toEqual(['after.a', 'after.b'])
    expect(trips).toEqual([4, 3])
    expect((await run(plays())).trips).toEqual([1, 1])
  })

  it('stops every host that relies on it when it fails', async () => {
    const { exitCode, outcomes, errors } = await run(plays(FAILS))
    expect(exitCode).toBe(2)
    expect(outcomes).toContain('b after.b skipped')
    expect(errors.at(-1)).toMatchObject({
      code: 'E_PLAY_STOPPED',
      message: expect.stringContaining('rely on it'),
    })
    expect(existsSync(at('after.b'))).toBe(false)
  })
})

describe('a delegated task', () => {
  const pool = (word: string) => (hosts: Hosts) => [
    play('p', hosts.slice(0, 3), ({ name }) => [
      logged(`out.${name}`, { delegateTo: 'lb' }),
      ...block('update', {
        tasks: [line(at(name), word, name === 'b' && word === 'bad' ? FAILS : {})],
        always: [logged(`in.${name}`, { delegateTo: 'lb' })],
      }),
    ]),
  ]
  const hosts = 'a b c lb'

  it('is done elsewhere for each host, all of them in one trip, and counts for the host that it is for', async () => {
    const { exitCode, trips, events } = await run(pool('x'), { hosts })
    expect(exitCode).toBe(0)
    expect(read('log')).toEqual(['out.a', 'out.b', 'out.c', 'in.a', 'in.b', 'in.c'])
    expect(trips).toEqual([2, 2, 2, 3])
    expect(events.find((one) => one.event === 'task')).toMatchObject({ host: 'a', delegate: 'lb' })
    expect(events.at(-1)).toMatchObject({ hosts: { a: { changed: 3 }, lb: { changed: 0 } } })
    expect((await run(pool('x'), { hosts })).trips).toEqual([1, 1, 1, 1])
  })

  it('of a host that failed does not keep the others from theirs, and always follows', async () => {
    const { exitCode, outcomes } = await run(pool('bad'), { hosts })
    expect(exitCode).toBe(2)
    expect(outcomes).toContain('b b failed')
    expect(read('log').slice(3)).toEqual(['in.a', 'in.b', 'in.c'])
  })

  it('that fails stops the host that it was for alone', async () => {
    writeFileSync(at('bin/broken'), '')
    const { outcomes } = await run(
      (all) => [
        play('p', all.slice(0, 2), ({ name }) => [
          line(at(`out.${name}`), 'x', { delegateTo: 'lb', ...(name === 'a' && FAILS) }),
          line(at(name), 'x'),
        ]),
      ],
      { hosts: 'a b lb' },
    )
    expect(outcomes).toEqual(['a out.a failed', 'b out.b changed', 'b b changed', 'a a skipped'])
  })

  it('is unknown where the host that does it is lost', async () => {
    const { exitCode, outcomes } = await run(
      (all) => [
        play('p', all.slice(0, 2), ({ name }) => [
          line(at(`out.${name}`), 'x', { delegateTo: 'lb', apply: 'kill -9 $$' }),
          line(at(name), 'x'),
        ]),
      ],
      { hosts: 'a b lb' },
    )
    expect(outcomes).toEqual(['a out.a unknown', 'b out.b unknown', 'a a skipped', 'b b skipped'])
    expect(exitCode).toBe(4)
  })

  it('is seen ahead in check mode', async () => {
    const { outcomes, exitCode } = await run(pool('x'), { hosts, check: true })
    expect(new Set(outcomes.map((outcome) => outcome.split(' ').at(-1)))).toEqual(new Set(['would-change']))
    expect(exitCode).toBe(0)
    expect(existsSync(at('log'))).toBe(false)
  })
})

it('works on so many hosts at once as the forks say', async () => {
  const busy = (name: string) =>
    line(at(name), 'x', {
      apply: `echo in >> ${at('log')}; sleep 0.2; echo out >> ${at('log')}; echo x > ${at(name)}`,
    })
  await run((hosts) => [play('p', hosts, ({ name }) => [busy(name)])], { hosts: 'a b c d', forks: 1 })
  expect(read('log').join(' ')).toBe('in out in out in out in out')
})

describe('a play that is made from facts', () => {
  /** What `a` gives birth to in the first play is what every host writes in the second. */
  const plays = (hosts: Hosts) => [
    play('born', hosts.slice(0, 1), () => [line(at('token'), 'new')]),
    playFromFacts('used', hosts, ({ name }, all) => [
      line(at(`${name}.used`), all[0]?.facts.token?.stdout.trim() || 'none'),
    ]),
    play('after', hosts, ({ name }) => [line(at(`${name}.after`), 'x')]),
  ]
  const facts = () => ({
    token: sh`[ ! -e ${at('token')} ] || read -r word < ${at('token')}; echo "\${word:-}"`,
  })

  it('sees the facts as they are after a change, on every host', async () => {
    writeFileSync(at('token'), 'old\n')
    const { exitCode, trips } = await run(plays, { facts })
    expect(exitCode).toBe(0)
    expect(['a.used', 'b.used'].map(read)).toEqual([['new'], ['new']])
    // The first look, the look at what the facts make, a play each, and the facts again.
    expect(trips).toEqual([6, 5])
  })

  it('costs one trip more where nothing has changed, and looks ahead of the plays behind it all the same', async () => {
    await run(plays, { facts })
    const { outcomes, trips } = await run(plays, { facts })
    expect(outcomes.every((outcome) => outcome.endsWith(' ok'))).toBe(true)
    expect(trips).toEqual([2, 2])
  })

  it('is unknown in check mode once something before it would change', async () => {
    const { outcomes, events } = await run(plays, { facts, check: true })
    expect(outcomes.filter((outcome) => outcome.includes('used'))).toEqual([
      'a a.used unknown',
      'b b.used unknown',
    ])
    expect(events.find((one) => one.event === 'task' && one.outcome === 'unknown')).toMatchObject({
      reason: expect.stringMatching(/^after task 1 .* on a: it is made from facts$/),
    })
  })

  it('ends the run where its tasks turn out wrong', async () => {
    const twice = (hosts: Hosts) => [
      playFromFacts('p', hosts, () => [line(at('1'), 'x'), line(at('1'), 'y')]),
      play('q', hosts, ({ name }) => [line(at(name), 'x')]),
    ]
    const { exitCode, errors } = await run(twice, { facts })
    expect(exitCode).toBe(2)
    expect(errors[0]?.message).toContain('is declared twice in one play')
    expect(existsSync(at('a'))).toBe(false)
  })
})

describe('step by step', () => {
  const tasks = () => ['1', '2', '3', '4'].map((name) => line(at(name), 'x'))
  /** Answers in turn, and remembers what was asked. */
  const person = (...answers: Answer[]) => {
    const asked: string[] = []
    const confirm: Confirm = async (host, names, changes) => {
      asked.push(`${host} ${names.map((name) => name.split('/').at(-1)).join('+')} ${changes}`)
      return answers.shift() ?? 'no'
    }
    return { asked, confirm }
  }

  it('asks before each task that would change something, until nobody wants to be asked', async () => {
    writeFileSync(at('1'), 'x\n')
    const { asked, confirm } = person('no', 'continue')
    const { outcomes, exitCode } = await run(on(1, ...tasks()), { confirm })
    expect(asked).toEqual(['a 2 word:  → x', 'a 3 word:  → x'])
    expect(outcomes).toEqual(['a 1 ok', 'a 2 skipped', 'a 3 changed', 'a 4 changed'])
    expect(exitCode).toBe(0)
  })

  it('sees what the task before has done, and stops behind one that failed', async () => {
    const { asked, confirm } = person('yes', 'yes', 'yes')
    const late = line(at('2'), 'x', { when: { otherwise: 'it is done', test: sh`[ ! -e ${at('1')} ]` } })
    const { outcomes } = await run(
      on(1, line(at('1'), 'x'), late, line(at('3'), 'x', FAILS), line(at('4'), 'x')),
      {
        confirm,
      },
    )
    expect(asked.map((text) => text.slice(0, 3))).toEqual(['a 1', 'a 3'])
    expect(outcomes).toEqual(['a 1 changed', 'a 2 skipped', 'a 3 failed', 'a 4 skipped'])
  })

  it('does nothing more behind a failure, also when nobody wanted to be asked any more', async () => {
    const { confirm } = person('yes', 'continue')
    const notify = handler('h', sh`touch ${at('handled')}`)
    const { outcomes } = await run(
      on(1, line(at('1'), 'x', { notify }), line(at('2'), 'x', FAILS), line(at('3'), 'x')),
      { confirm },
    )
    expect(outcomes).toEqual(['a 1 changed', 'a 2 failed', 'a 3 skipped'])
    expect(existsSync(at('handled'))).toBe(false)
  })

  it('tells each task once where the connection is lost', async () => {
    const whole = block('b', {
      tasks: [line(at('1'), 'x'), line(at('2'), 'x', { apply: 'kill -9 $$' }), line(at('3'), 'x')],
    })
    const { confirm } = person('yes')
    const { outcomes, exitCode } = await run(on(1, ...whole, line(at('4'), 'x')), { confirm })
    expect(outcomes).toEqual(['a 1 changed', 'a 2 unknown', 'a 3 unknown', 'a 4 skipped'])
    expect(exitCode).toBe(4)
  })

  it('takes a block as a whole, with its rescue', async () => {
    const { asked, confirm } = person('yes')
    const whole = block('b', { tasks: [line(at('1'), 'x', FAILS)], rescue: [line(at('2'), 'x')] })
    const { outcomes, exitCode } = await run(on(1, ...whole), { confirm })
    expect(asked.map((text) => text.slice(0, 5))).toEqual(['a 1+2'])
    expect(outcomes).toEqual(['a 1 failed', 'a 2 changed'])
    expect(exitCode).toBe(0)
  })

  it('does nothing that was declined, guarded tasks included', async () => {
    const guard = { protects: 'x', hosts: ['a'], ask: {}, refuse: () => ['never'], recheck: raw('false') }
    const { outcomes, exitCode } = await run(on(1, line(at('1'), 'x', { guard })), {
      confirm: person('no').confirm,
    })
    expect({ outcomes, exitCode }).toEqual({ outcomes: ['a 1 skipped'], exitCode: 0 })
    expect(
      (await run(on(1, line(at('1'), 'x', { guard })), { confirm: person('yes').confirm })).exitCode,
    ).toBe(3)
    expect(existsSync(at('1'))).toBe(false)
  })
})
