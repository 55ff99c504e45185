import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const script = readFileSync('playbooks/templates/stand-back', 'utf8')
  .replaceAll('{{seconds}}', '10')
  .replace('{{vip}}', '192.0.2.10')
  .replace('{{ping}}', '192.0.2.1 192.0.2.2')
  .replace('{{device}}', 'device')

const asked = (vip: string, reached: string, ...words: string[]) => {
  const { run, calls } = sandbox({
    ip: `echo ${vip}`,
    ping: `[ "$5" = "${reached}" ]`,
    sleep: '',
    device: 'echo "$*"; exit 3',
  })
  return { ...run(script, ...words), calls: calls(/^(sleep|device)/) }
}

test.each([
  ['the one that serves', 'eth1', '192.0.2.1', 0],
  ['the standby', '', '192.0.2.2', 10],
  ['the one that serves, and reaches nobody', 'eth1', '', 20],
  ['the standby that reaches nobody', '', '', 30],
])('%s resets its peer at once or later', (_, vip, reached, seconds) => {
  const { calls, exitCode } = asked(vip, reached, 'reset', 'node2')
  expect(calls).toEqual([`sleep ${seconds}`, 'device reset node2'])
  expect(exitCode).toBe(3)
})

test('what changes nothing is asked of the device at once, and its answer passed on', () => {
  expect(asked('', '', 'gethosts')).toMatchObject({ calls: ['device gethosts'], stdout: 'gethosts\n' })
})
