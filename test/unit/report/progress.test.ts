import { expect, it } from 'vitest'
import { describeProgress, type HostProgress } from '../../../lib/report/progress.ts'

const idle: HostProgress = { done: 12, changed: 0, doing: undefined }
const busy: HostProgress = { done: 7, changed: 3, doing: { name: 'service heartbeat', since: 1000 } }

it.each([
  [
    'hosts at work first',
    { a: idle, node2: busy },
    {},
    ['node2     7 done   3 changed  service heartbeat  12 s', 'a        12 done   0 changed'],
  ],
  [
    'no more than half of the screen',
    { a: busy, b: idle, c: busy, d: idle, e: busy },
    { rows: 6 },
    [
      'a     7 done   3 changed  service heartbeat  12 s',
      'c     7 done   3 changed  service heartbeat  12 s',
      'and 3 more hosts, 1 at work',
    ],
  ],
  [
    'how far a task has come, where that is known',
    { a: { ...busy, doing: { name: 'reseed', since: 1000, far: '412 of about 1200 MiB' } } },
    {},
    ['a     7 done   3 changed  reseed  412 of about 1200 MiB  12 s'],
  ],
  ['nothing that would wrap', { a: busy }, { columns: 20 }, ['a     7 done   3 ch']],
])('shows %s', (_, hosts, size, lines) => {
  expect(describeProgress(new Map(Object.entries(hosts)), 13_000, size).split('\n')).toEqual(lines)
})
