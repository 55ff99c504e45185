import { expect, test } from 'vitest'
import { stagesOf } from '../../../lib/plan/stages.ts'
import { defineResource, type TaskOptions } from '../../../lib/resource/index.ts'
import { raw } from '../../../lib/shell/sh.ts'

const note = defineResource<string>({
  kind: 'note',
  id: (name) => name,
  probe: () => raw(''),
  expect: () => ({}),
  apply: () => raw(''),
})

const errand = defineResource<string>({
  kind: 'errand',
  id: (name) => name,
  probe: () => raw(''),
  expect: () => ({}),
  apply: () => raw(''),
  errand: () => ({ kind: 'restart', boot: raw(''), within: 1 }),
})

const guard = { protects: 'x', hosts: ['x'], ask: {}, refuse: () => [], recheck: raw('') }

/** `once:x` runs once, `lb:x` is delegated to lb, `!x` has an errand, `#x` a guard, `x` is none of these. */
function task(word: string) {
  const [where, name = where] = word.split(':') as [string, string?]
  const options: TaskOptions =
    where === 'once' ? { runOnce: true } : where === name ? {} : { delegateTo: where }
  if (word.includes('#')) return note(name, { ...options, guard })
  return word.includes('!') ? errand(name, options) : note(name, options)
}

test.each([
  ['what a host does for itself shares a stage', ['a b c'], ['0 0 0']],
  ['a run-once task has hosts meet before and after it', ['a once:o b', 'a once:o b'], ['0 1 2', '0 1 2']],
  ['two of them meet twice', ['once:o once:p'], ['1 2']],
  ['neighbours on the same other host share a stage', ['lb:x lb:y a lb:z'], ['1 1 2 3']],
  ['another host is another stage', ['lb:x db:y'], ['1 2']],
  ['a task with an errand is alone', ['a !e !f b'], ['0 1 2 3']],
  ['a guarded task is judged behind what came before it', ['#a #b', '#b'], ['1 2', '1']],
  ['wherever it is done', ['lb:x lb:!e lb:y'], ['1 2 3']],
  ['who comes early waits', ['lb:x a once:o b', 'once:o b'], ['1 2 3 4', '3 4']],
  ['whoever is asked first', ['once:o b', 'lb:x a once:o b'], ['3 4', '1 2 3 4']],
  ['a host without the task begins at once', ['a once:o b', 'a b'], ['0 1 2', '0 0']],
  ['two orders of the same two end somewhere', ['once:o once:p', 'once:p once:o'], undefined],
])('%s', (_, lists, expected) => {
  const stages = stagesOf(lists.map((words) => words.split(' ').map(task)))
  if (expected) expect(stages.map((all) => all.join(' '))).toEqual(expected)
  else expect(stages.map(({ length }) => length)).toEqual([2, 2])
})
