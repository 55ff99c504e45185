import { expect, it } from 'vitest'
import { play } from '../../lib/plan/index.ts'
import { defineResource } from '../../lib/resource/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { at, type Hosts, run } from '../support/converge.ts'

// A change that takes long, and the question how far it has come.

/** Where nobody is expected to ask it takes longer than the time between two questions; else until it was asked, and answered. */
const long = (file: string, watched: boolean) =>
  defineResource<{ file: string }>({
    kind: 'long',
    id: ({ file }) => file,
    probe: ({ file }) => sh`if [ -e ${file}.done ]; then echo 'done yes'; else echo 'done no'; fi`,
    expect: () => ({ done: true }),
    progress: ({ file }) => sh`echo '3 of 8'; : > ${file}.asked`,
    apply: ({ file }) => sh`
      ${watched ? sh`until [ -e ${file}.asked ]; do sleep 0.1; done; sleep 5` : sh`sleep 8`}
      : > ${file}.done`,
  })({ file })

const told = async (watched: boolean) => {
  const file = at(`far-${watched}`)
  const { events, changed } = await run(
    (hosts: Hosts) => [play('long', hosts, () => [long(file, watched)])],
    {
      hosts: 'a',
      watched,
    },
  )
  expect(changed).toBe(1)
  return events.flatMap((one) => (one.event === 'working' && one.far !== undefined ? [one.far] : []))
}

it('is asked beside the change where a person watches', async () => {
  expect((await told(true))[0]).toBe('3 of 8')
})

it('is not asked where nobody does', async () => {
  expect(await told(false)).toEqual([])
})
