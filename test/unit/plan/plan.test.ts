import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { InvalidInput, type Problem } from '../../../lib/errors.ts'
import { loadInventory } from '../../../lib/inventory/index.ts'
import {
  definePlaybook,
  makePlan,
  type PlanOptions,
  play,
  playFromFacts,
  type Serial,
} from '../../../lib/plan/index.ts'
import {
  block,
  defineResource,
  type Errand,
  type Guard,
  handler,
  type Task,
} from '../../../lib/resource/index.ts'
import { raw, sh } from '../../../lib/shell/sh.ts'

const note = defineResource<{ name: string }>({
  kind: 'note',
  id: ({ name }) => name,
  problems: ({ name }) => (name.includes('!') ? ['a note cannot shout'] : []),
  probe: ({ name }) => sh`cat -- ${name}`,
  expect: () => ({ present: true }),
  apply: ({ name }) => sh`touch -- ${name}`,
})

const guard: Guard = { protects: 'x', hosts: ['node1'], ask: {}, refuse: () => [], recheck: raw('true') }

const UPLOAD: Errand = {
  kind: 'upload',
  file: '/f',
  size: 1,
  stage: { folder: '/s', part: '/s/f' },
  receive: raw(''),
}

const DOWNLOAD: Errand = { kind: 'download', from: '/f', file: '/g', send: raw('') }
const RESTART: Errand = { kind: 'restart', boot: raw(''), within: 1 }

const playbook = definePlaybook({
  name: 'notes',
  description: 'Notes.',
  hosts: 'pair',
  vars: z.strictObject({
    address: z.string(),
    port: z.int().default(80),
    vip: z.strictObject({ address: z.string(), prefix: z.int() }),
  }),
  rules: [
    (hosts) =>
      hosts
        .filter(({ vars }) => vars.vip.address === vars.address)
        .map(({ name }) => ({
          host: name,
          path: ['vip', 'address'],
          message: `the VIP is the address of ${name}`,
        })),
    (hosts) =>
      hosts
        .filter(({ vars }) => vars.port !== 0 && vars.vip.prefix > 30)
        .map(({ name }) => ({ host: name, path: ['vip', 'prefix'], message: 'the subnet is too small' })),
  ],
  plays: (hosts) => [
    play('first', hosts, ({ name }) => [
      note({ name: `${name}.a` }),
      note({ name: `${name}.b` }, { tags: ['b'] }),
    ]),
    play('second', hosts.slice(0, 1), () => [note({ name: 'only' }, { tags: ['b'] })]),
  ],
})

const GOOD = `
pair:
  hosts:
    node1: { address: 10.0.0.1 }
    node2: { address: 10.0.0.2 }
  vars:
    vip: { address: 10.0.0.9, prefix: 24 }
`

function plan(yaml: string, options: PlanOptions = {}, book = playbook) {
  const file = join(mkdtempSync(join(tmpdir(), 'runsheet-plan-')), 'i.yml')
  writeFileSync(file, yaml)
  const problems: Problem[] = []
  return makePlan(book, loadInventory(file, problems), options, problems)
}

function problemsOf(yaml: string, options: PlanOptions = {}, book = playbook): string[] {
  try {
    plan(yaml, options, book)
  } catch (error) {
    if (error instanceof InvalidInput) {
      return error.problems.map(({ message, place }) => `${place?.line}:${place?.column} ${message}`)
    }
    throw error
  }
  return []
}

describe('a plan', () => {
  it('numbers the tasks of each host through all plays', () => {
    const numbers = plan(GOOD).plays.map(({ segments }) =>
      segments.map(({ host, tasks }) => [host, ...tasks.map(({ number, id }) => `${number} ${id}`)]),
    )
    expect(numbers).toEqual([
      [
        ['node1', '1 node1.a', '2 node1.b'],
        ['node2', '1 node2.a', '2 node2.b'],
      ],
      [['node1', '3 only']],
    ])
  })

  it('gives variables their defaults', () => {
    expect(plan(GOOD).hosts[0]?.vars.port).toBe(80)
  })

  it('leaves out the hosts outside the limit', () => {
    const limited = plan(GOOD, { limit: 'node2' })
    expect(limited.hosts.map(({ name }) => name)).toEqual(['node2'])
    expect(limited.plays.map(({ segments }) => segments.map(({ host }) => host))).toEqual([['node2'], []])
  })

  it('keeps the tasks with a tag alone', () => {
    const ids = plan(GOOD, { tags: ['b'] }).plays.flatMap(({ segments }) =>
      segments.flatMap(({ tasks }) => tasks),
    )
    expect(ids.map(({ id }) => id)).toEqual(['node1.b', 'node2.b', 'only'])
  })

  it('begins at the task of a name, on every host that has it', () => {
    const ids = (startAtTask: string) =>
      plan(GOOD, { startAtTask }).plays.map(({ segments }) =>
        segments.map(({ tasks }) => tasks.map(({ number, id }) => `${number} ${id}`).join()),
      )
    expect(ids('note node2.b')).toEqual([['', '1 node2.b'], ['1 only']])
    expect(ids('note only')).toEqual([['', ''], ['1 only']])
  })

  it('leaves out what is made from facts before the task to begin at, and keeps what comes after it', () => {
    const book: typeof playbook = {
      ...playbook,
      plays: (hosts) => [
        playFromFacts('early', hosts, () => [note({ name: 'late' })]),
        play('first', hosts, () => [note({ name: 'begin' })]),
        playFromFacts('then', hosts, () => [note({ name: 'later' })]),
      ],
    }
    expect(plan(GOOD, { startAtTask: 'note begin' }, book).plays.map(({ late }) => late)).toEqual([
      false,
      false,
      true,
    ])
  })

  it('leaves out what the tags skip', () => {
    expect(plan(GOOD, { skipTags: ['b'] }).plays[0]?.segments[0]?.tasks.map(({ id }) => id)).toEqual([
      'node1.a',
    ])
  })

  it('knows the line of the playbook that declared a task', () => {
    expect(plan(GOOD).plays[0]?.segments[0]?.tasks[0]?.place?.file).toContain('plan.test.ts')
  })
})

describe('all problems come at once, with their places', () => {
  it('of schema, unknown keys and rules together', () => {
    const broken = `
pair:
  hosts:
    node1: { address: 10.0.0.1, colour: red }
    node2: { address: 10 }
  vars:
    port: http
    vip: { address: 10.0.0.1, prefix: 31 }
`
    expect(problemsOf(broken)).toEqual([
      '7:11 port: Invalid input: expected number, received string',
      "4:33 unknown variable 'colour'",
      '5:23 address: Invalid input: expected string, received number',
      '8:21 vip.address: the VIP is the address of node1'.replace('vip.address: ', ''),
      '8:39 the subnet is too small',
    ])
  })

  it('of a rule that reads the default of what nobody said', () => {
    expect(
      problemsOf('pair: { hosts: { node1: { address: 1, vip: { address: 10.0.0.9, prefix: 31 } } } }'),
    ).toEqual([
      '1:36 address: Invalid input: expected string, received number',
      '1:73 the subnet is too small',
    ])
  })

  it('names what is missing and the host', () => {
    expect(problemsOf('pair: { hosts: { node1: { address: 10.0.0.1 } } }')).toEqual([
      '1:18 vip is missing for host node1',
    ])
  })

  it('leaves out a rule that needs what the schema has refused', () => {
    const broken = GOOD.replace('prefix: 24', 'prefix: wide')
    expect(problemsOf(broken)).toEqual(['7:39 vip.prefix: Invalid input: expected number, received string'])
  })

  it.each([
    [
      'an unknown limit',
      GOOD,
      { limit: 'node9' },
      "1:undefined 'node9' matches no group or host of the inventory",
    ],
    [
      'a task to start at that is not there',
      GOOD,
      { startAtTask: 'nowhere' },
      "undefined:undefined no task is called 'nowhere'",
    ],
    [
      'a group that is not there',
      GOOD.replace('pair', 'other'),
      {},
      "1:undefined 'pair' matches no group or host",
    ],
    [
      'nobody that a limit leaves',
      GOOD,
      { limit: 'node1:!node1' },
      "no host of 'pair' is left by -l 'node1:!node1'",
    ],
    [
      'a host of the playbook that cannot be reached that way',
      GOOD.replace('{ address: 10.0.0.1 }', '{ address: 10.0.0.1, ansible_connection: winrm }'),
      {},
      '4:53 ansible_connection: ',
    ],
  ])('%s', (_name, yaml, options, expected) => {
    expect(problemsOf(yaml, options).join('\n')).toContain(expected)
  })

  it('are none where they concern hosts of other playbooks alone', () => {
    const others = 'others: { hosts: { windows: { ansible_connection: winrm, text: "{{ jinja }}" } } }'
    expect(problemsOf(`${GOOD}${others}`)).toEqual([])
  })

  it.each([
    ['a wish that is wrong in itself', [note({ name: 'no!' })], 'note no!: a note cannot shout'],
    ['one thing twice', [note({ name: 'a' }), note({ name: 'a' })], 'note a is declared twice in one play'],
    [
      'a guard in a block',
      block('b', { tasks: [note({ name: 'a' }, { guard })] }),
      'note a: a guarded task cannot stand in a block',
    ],
    [
      'a delegation to nobody',
      [note({ name: 'a' }, { delegateTo: 'node9' })],
      "has no host 'node9' to delegate to",
    ],
    [
      'a delegated notification',
      [note({ name: 'a' }, { delegateTo: 'node1', notify: handler('h', raw('true')) })],
      'note a: a delegated task cannot notify',
    ],
    [
      'a retry that is none',
      [note({ name: 'a' }, { retry: { retries: 0, delay: -1 } })],
      'note a: retries is 0; it must be a whole number from 1 on',
    ],
    [
      'a guard that asks nobody',
      [note({ name: 'a' }, { guard: { ...guard, hosts: [] } })],
      'note a: its guard asks no host',
    ],
    [
      'a guard that asks a stranger',
      [note({ name: 'a' }, { guard: { ...guard, hosts: ['node1', 'node9'] } })],
      "has no host 'node9' for its guard to ask",
    ],
    [
      'a guarded task that sends a file',
      [{ ...note({ name: 'a' }, { guard }), errand: UPLOAD }],
      'note a: a guarded task cannot send a file',
    ],
    [
      'a guarded task beside another',
      [note({ name: 'a' }, { guard }), note({ name: 'b' })],
      "note b stands in play 'p' beside a guarded task",
    ],
  ])('%s', (_name, tasks, expected) => {
    const book = {
      ...playbook,
      plays: (hosts: Parameters<typeof playbook.plays>[0]) => [play('p', hosts, () => tasks)],
    }
    expect(problemsOf(GOOD, {}, book).join('\n')).toContain(expected)
  })

  const ofPlay = (options: { serial?: Serial; maxFailPercentage?: number }, ...tasks: Task[]) =>
    problemsOf(GOOD, {}, { ...playbook, plays: (hosts) => [play('p', hosts.slice(1), () => tasks, options)] })

  it.each([
    [{ serial: 'few' }, "play 'p': serial few is neither"],
    [{ maxFailPercentage: -1 }, "play 'p': maxFailPercentage -1 is not between 0 and 100"],
    [{ maxFailPercentage: 101 }, "play 'p': maxFailPercentage 101 is not between 0 and 100"],
    [{ maxFailPercentage: Number.NaN }, "play 'p': maxFailPercentage NaN is not between 0 and 100"],
  ])('a play with %j', (options, expected) => {
    expect(ofPlay(options).join('\n')).toContain(expected)
  })

  it.each([0, 100])('are none of a play that lets %d %% of its hosts fail', (maxFailPercentage) => {
    expect(ofPlay({ maxFailPercentage, serial: [1, '25%'] })).toEqual([])
  })

  it('are none of one thing on two hosts, of two kinds with one id, and of a rescue', () => {
    const other = defineResource<string>({
      kind: 'other',
      id: (id) => id,
      probe: () => raw('p'),
      expect: () => ({}),
      apply: () => raw('a'),
    })
    const rescued = block('b', { tasks: [note({ name: 'b' })], rescue: [note({ name: 'b' })] })
    const tasks = [note({ name: 'a' }), note({ name: 'a' }, { delegateTo: 'node1' }), other('a')]
    expect(ofPlay({}, ...tasks, ...rescued)).toEqual([])
  })

  it('one thing twice, once inside a block', () => {
    const inside = block('b', { tasks: [note({ name: 'a' })] })
    expect(ofPlay({}, note({ name: 'a' }), ...inside).join()).toContain('declared twice')
  })

  it.each<[Partial<Task>, string]>([
    [{ retry: { retries: 1, delay: 0 }, guard }, 'a guarded task cannot be tried again'],
    [{ detached: true, guard }, 'a guarded task cannot be detached'],
    [{ delegateTo: 'node1', guard }, 'a guarded task cannot be delegated'],
    [{ timeout: 0 }, 'timeout is 0'],
    [{ retry: { retries: 1, delay: 0.5 } }, 'delay is 0.5'],
    [{ errand: DOWNLOAD, guard }, 'it changes nothing on the host'],
    [{ errand: RESTART, detached: true }, 'a host is restarted once'],
  ])('of a task with %j', (options, expected) => {
    expect(ofPlay({}, { ...note({ name: 'a' }), ...options }).join('\n')).toContain(`note a: ${expected}`)
  })

  it.each<[Partial<Task>]>([
    [{ timeout: 1 }],
    [{ retry: { retries: 1, delay: 0 } }],
    [{ errand: RESTART, guard }],
  ])('are none of a task with %j', (options) => {
    expect(ofPlay({}, { ...note({ name: 'a' }), ...options })).toEqual([])
  })

  it('a guarded task beside what another host does without a guard', () => {
    const book = {
      ...playbook,
      plays: (hosts: Parameters<typeof playbook.plays>[0]) => [
        play('p', hosts, ({ name }) => [note({ name }, name === 'node1' ? { guard } : {})]),
      ],
    }
    expect(problemsOf(GOOD, {}, book).join('\n')).toContain(
      "note node2 stands in play 'p' beside a guarded task",
    )
  })
})
