import { expect, it } from 'vitest'
import { play } from '../../lib/plan/index.ts'
import { defineResource } from '../../lib/resource/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { at, type Hosts, run } from '../support/converge.ts'

// A change that takes long, and the question how far it has come.

const long = (file: string) =>
  defineResource<{ file: string }>({
    kind: 'long',
    id: ({ file }) => file,
    probe: ({ file }) => sh`if [ -e ${file}.done ]; then echo 'done yes'; else echo 'done no'; fi`,
    expect: () => ({ done: true }),
    progress: ({ file }) => sh`read -r far < ${file}; echo "$far of 8"`,
    // Longer than the time between two questions. Each number replaces the last one whole: who asks meanwhile reads either.
    apply: ({ file }) => sh`
      for n in 1 2 3 4 5 6 7 8; do echo $n > ${file}.new; mv ${file}.new ${file}; sleep 1; done
      : > ${file}.done`,
  })({ file })

const told = async (watched: boolean) => {
  const file = at(`far-${watched}`)
  const { events, changed } = await run((hosts: Hosts) => [play('long', hosts, () => [long(file)])], {
    hosts: 'a',
    watched,
  })
  expect(changed).toBe(1)
  return events.flatMap((one) => (one.event === 'working' && one.far !== undefined ? [one.far] : []))
}

it('is asked beside the change where a person watches', async () => {
  expect((await told(true)).join()).toMatch(/^\d of 8/)
})

it('is not asked where nobody does', async () => {
  expect(await told(false)).toEqual([])
})
