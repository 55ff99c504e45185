import { expect, test } from 'vitest'
import { checkPlay } from '../../../lib/plan/check-play.ts'
import { sharedDownloads } from '../../../lib/plan/downloads.ts'
import { toSegments } from '../../../lib/plan/segments.ts'
import type { Task } from '../../../lib/resource/index.ts'
import { handler, type TaskOptions } from '../../../lib/resource/index.ts'
import { fetch, reboot } from '../../../lib/resources/index.ts'
import { raw } from '../../../lib/shell/sh.ts'

type Wished = Readonly<Record<string, readonly Task[]>>

const play = (tasks: Wished) => {
  const wishes = Object.entries(tasks).map(([host, own]) => ({ host, tasks: own }))
  return {
    name: 'p',
    late: false,
    guarded: false,
    serial: 0,
    maxFailPercentage: 100,
    segments: toSegments(wishes, new Map()),
  }
}
const to = (name: string, options?: TaskOptions) => fetch({ from: '/f', to: `/fetched/${name}` }, options)

test.each<[string, Wished[], RegExp | undefined]>([
  ['a file for each host', [{ a: [to('a')], b: [to('b')] }], undefined],
  ['the same again in another play', [{ a: [to('a')] }, { a: [to('a')] }], undefined],
  [
    'two hosts into one file',
    [{ a: [to('x')], b: [to('x')] }],
    /\/fetched\/x is fetched twice, from a and from b/,
  ],
  [
    'two files of one host',
    [{ a: [to('x')] }, { a: [fetch({ from: '/g', to: '/fetched/x' })] }],
    /twice, from a: the last/,
  ],
])('%s', (_, plays, problem) => {
  const found = sharedDownloads(plays.map(play))
  expect(found.map(({ message }) => message).join('\n')).toMatch(problem ?? /^$/)
})

test.each([
  ['a fetch notifies nobody', to('a', { notify: handler('h', raw(':')) }), /changes nothing on the host/],
  ['nor is it tried again', to('a', { retry: { retries: 1, delay: 1 } }), /changes nothing on the host/],
  [
    'a host is restarted once',
    reboot({ why: 'w', needed: raw(':') }, { retry: { retries: 1, delay: 1 } }),
    /restarted once, and waited for/,
  ],
])('%s', (_, task, problem) => {
  expect(checkPlay(play({ a: [task] })).map(({ message }) => message)).toEqual([
    expect.stringMatching(problem),
  ])
})
