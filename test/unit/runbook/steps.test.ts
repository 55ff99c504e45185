import { describe, expect, test } from 'vitest'
import type { PlannedPlay, PlannedTask, Segment } from '../../../lib/plan/index.ts'
import { partOf } from '../../../lib/runbook/step-section.ts'
import { toBatches } from '../../../lib/runbook/steps.ts'

/** Tasks by their ids, numbered from 1; `|` begins a stage, and `>` before an id delegates it. */
function segment(host: string, wish: string): Segment {
  let stage = 0
  const tasks: PlannedTask[] = []
  for (const [sign, id = ''] of wish.matchAll(/\||>?([a-z])/g)) {
    if (sign === '|') stage += 1
    else {
      const delegateTo = sign.startsWith('>') ? 'other' : undefined
      tasks.push({
        kind: 'k',
        id,
        name: id,
        number: tasks.length + 1,
        stage,
        delegateTo,
        within: [],
      } as never)
    }
  }
  return { host, tasks, handlers: [] }
}

const batches = (segments: Segment[], serial: PlannedPlay['serial'] = 0) =>
  toBatches({ name: 'p', guarded: false, late: false, serial, maxFailPercentage: 100, segments }).map(
    ({ steps }) =>
      steps.map(({ id, tasks }) => [id, ...tasks.map(({ on, task }) => `${on}${task.number}`)].join(' ')),
  )

describe('the steps of several hosts', () => {
  test.each([
    ['equal ones once', ['ab', 'ab'], ['a x1 y1', 'b x2 y2']],
    ['what one host has more, in its place', ['mab', 'ab'], ['m x1', 'a x2 y1', 'b x3 y2']],
    ['what the later host has more', ['ab', 'anb'], ['a x1 y1', 'n y2', 'b x2 y3']],
    ['nothing in common', ['ab', 'cd'], ['c y1', 'd y2', 'a x1', 'b x2']],
    ['another order, since each host keeps its own', ['ab', 'ba'], ['a x1', 'b x2 y1', 'a y2']],
    ['all of a stage before the next', ['a|c', 'ab|c'], ['a x1 y1', 'b y2', 'c x2 y3']],
    ['what another host does', ['>a', '>a'], ['a other1 other1']],
  ])('%s', (_, [one = '', two = ''], steps) => {
    expect(batches([segment('x', one), segment('y', two)])).toEqual([steps])
  })

  test('come in as many groups as the play takes hosts at once', () => {
    const segments = ['x', 'y', 'z'].map((host) => segment(host, 'a'))
    expect(batches(segments, 2)).toEqual([['a x1 y1'], ['a z1']])
  })
})

test('a play that is made from facts is told to be missing', () => {
  const play = { name: 'p', guarded: false, late: true, serial: 0, maxFailPercentage: 100, segments: [] }
  expect(
    partOf(play)
      .map(({ body }) => body)
      .join(),
  ).toContain('Run the playbook for this part')
})
