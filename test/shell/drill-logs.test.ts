import { expect, it } from 'vitest'
import type { Ground } from '../../lab/drills/run/ground.ts'
import { forbiddenOn } from '../../lab/drills/run/read.ts'
import { attempt } from '../../lab/host/run.ts'
import { SHELLS } from '../support/shells.ts'

// How drills read the logs of a node, with a journal of two lines and that of sudo, which logs each command.

const said = ['drbd r0: Split-Brain detected but unresolved', 'heartbeat: info: all is well']

it.each(SHELLS)('a forbidden line is found, and not in the question itself, with $name', async ({
  command,
}) => {
  const run: Ground['run'] = (_node, script, input = '') => {
    const journal = [...said, `sudo: COMMAND=sh -c ${script.replaceAll("'", '')}`]
    const lines = journal.map((line) => `'${line}'`).join(' ')
    const text = `journalctl() { printf '%s\\n' ${lines}; }; ${script}`
    return attempt([...command.split(' '), '-c', text], { input })
  }
  expect(await forbiddenOn({ run } as Ground, 'node1', 0, [])).toEqual([`node1: ${said[0]}`])
  expect(await forbiddenOn({ run } as Ground, 'node1', 0, [/Split-Brain/])).toEqual([])
})

it('a journal that cannot be read is unknown', async () => {
  const run: Ground['run'] = (_node, script, input = '') =>
    attempt(['sh', '-c', `journalctl() { return 1; }; ${script}`], { input })
  expect(await forbiddenOn({ run } as Ground, 'node1', 0, [])).toBeUndefined()
})
