import { existsSync, readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const script = readFileSync('playbooks/templates/stand-back', 'utf8')
  .replaceAll('{{seconds}}', '10')
  .replace('{{vip}}', '192.0.2.10')
  .replace('{{ping}}', '192.0.2.1 192.0.2.2')
  .replaceAll('{{device}}', 'device')

const asked = (vip: string, reached: string, ...words: string[]) => {
  const { folder, run, calls } = sandbox({
    ip: `echo ${vip}`,
    ping: `[ "$5" = "${reached}" ]`,
    sleep: '',
    device: `echo "$*"; [ "$2" = node2 ] || exit 3`,
  })
  const mark = `${folder}/fenced`
  const said = run(script.replace('{{fenced}}', mark), ...words)
  const fenced = existsSync(mark) ? readFileSync(mark, 'utf8') : undefined
  return { ...said, calls: calls(/^(sleep|device)/), fenced }
}

test.each([
  ['the one that serves', 'eth1', '192.0.2.1', 0],
  ['the standby', '', '192.0.2.2', 10],
  ['the one that serves, and reaches nobody', 'eth1', '', 20],
  ['the standby that reaches nobody', '', '', 30],
])('%s resets its peer at once or later', (_, vip, reached, seconds) => {
  const { calls, exitCode, fenced } = asked(vip, reached, 'reset', 'node2')
  expect(calls).toEqual([`sleep ${seconds}`, 'device reset node2'])
  expect(exitCode).toBe(0)
  // DRBD's handler reads it beside the seconds since boot.
  expect(Number(fenced)).toBeCloseTo(uptime(), -1)
})

test('a reset that the device refuses is passed on, and is none', () => {
  expect(asked('', '192.0.2.1', 'reset', 'another')).toMatchObject({ exitCode: 3, fenced: undefined })
})

test('what changes nothing is asked of the device at once, and its answer passed on', () => {
  const told = { calls: ['device gethosts'], stdout: 'gethosts\n', fenced: undefined, exitCode: 3 }
  expect(asked('', '', 'gethosts')).toMatchObject(told)
})
