import { expect, it } from 'vitest'
import type { Ground } from '../../lab/drills/run/ground.ts'
import { clocksOf, forbiddenOn } from '../../lab/drills/run/read.ts'
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

it('a journal is read by the clock of its node, which is behind after a freeze', async () => {
  const run: Ground['run'] = (node, script, input = '') => {
    const behind = node === 'node1' ? 1000 : 2000
    const journal = `for since; do [ "$since" != --since=@${behind} ] || echo '${said[0]}'; done`
    const tools = `date() { [ ${node} != node3 ] && [ "$*" = +%s ] && echo ${behind}; }; journalctl() { ${journal}; }`
    return attempt(['sh', '-c', `${tools}; ${script}`], { input })
  }
  const clocks = await clocksOf({ run } as Ground, ['node1', 'node2', 'node3'])
  expect(clocks).toEqual({ node1: 1000, node2: 2000, node3: undefined })
  const found = (node: string) => forbiddenOn({ run } as Ground, node, clocks[node], [])
  expect(await found('node1')).toEqual([`node1: ${said[0]}`])
  expect(await found('node2')).toEqual([`node2: ${said[0]}`])
  // Whose clock nobody knows, of that one nobody knows what it said.
  expect(await found('node3')).toBeUndefined()
})

it('a journal that cannot be read is unknown', async () => {
  const run: Ground['run'] = (_node, script, input = '') =>
    attempt(['sh', '-c', `journalctl() { return 1; }; ${script}`], { input })
  expect(await forbiddenOn({ run } as Ground, 'node1', 0, [])).toBeUndefined()
})
