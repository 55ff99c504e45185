import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { asksDevice, workingFencing } from '../../../lib/cluster/fencing.ts'
import { guardOf } from '../../../lib/cluster/guard-part.ts'
import type { Answer } from '../../../lib/resource/contract.ts'
import { raw } from '../../../lib/shell/sh.ts'
import { refusals, type Said } from './said.ts'

const hosts = ['node1', 'node2']
const device = {
  hosts,
  plugin: 'external/ipmi',
  file: '/etc/ha.d/stonith.conf',
  parameters: ['hostname', 'ipaddr', 'userid', 'passwd', 'interface'],
}
const guard = guardOf({ protects: 'the service', hosts, recheck: raw('true') }, [workingFencing(device)])
const usual = {
  'parameters of its fencing': 'hostname  ipaddr  userid  passwd  interface  \n',
  'fencing device': '',
  'fenced hosts': 'node1 \nnode2 \n',
}
const silent: Answer = { exitCode: 1, stdout: '', stderr: 'no answer at 192.0.2.22' }

test('a device for both nodes, and one for each, let heartbeat start', () => {
  expect(refusals(guard, usual, {}, {})).toEqual([])
  expect(refusals(guard, usual, { 'fenced hosts': 'node2\n' }, { 'fenced hosts': 'node1\n' })).toEqual([])
})

test.each<[string, Said, string]>([
  [
    'a device that does not answer',
    { 'fencing device': silent },
    'node2 cannot tell its fencing device (exit 1: no answer at 192.0.2.22)',
  ],
  [
    'a device that is for this node alone',
    { 'fenced hosts': 'node2\n' },
    'node2: its fencing device cannot reset node1, it knows node2',
  ],
  [
    'a device with a longer name',
    { 'fenced hosts': 'node10\n' },
    'node2: its fencing device cannot reset node1, it knows node10',
  ],
  [
    'a device that is for nobody',
    { 'fenced hosts': '\n' },
    'node2: its fencing device cannot reset node1, it knows nothing',
  ],
  [
    'a plugin that asks for more',
    { 'parameters of its fencing': 'hostname  ipaddr  userid  passwd  interface  priv  \n' },
    'node2: external/ipmi asks for hostname, ipaddr, userid, passwd, interface, priv, in this order, and the ' +
      'inventory gives hostname, ipaddr, userid, passwd, interface',
  ],
  [
    'a plugin that is not there',
    { 'parameters of its fencing': { exitCode: 1, stdout: '', stderr: 'Invalid device type' } },
    'node2 cannot tell its parameters of its fencing (exit 1: Invalid device type)',
  ],
])('is refused: %s', (_, node2, reason) => {
  expect(refusals(guard, usual, {}, node2)).toEqual([reason])
})

test('a silent peer is refused', () => {
  expect(refusals(guard, usual, {}, undefined)).toContain('node2 did not answer')
})

test('passwords are read from the file, and stand in no question', () => {
  const called = Object.values(guard.ask).flatMap(({ text }) => text.match(/.*stonith .*/g) ?? [])
  expect(called).toEqual([
    'stonith -t external/ipmi -n',
    'timeout -k 2 20 stonith -t external/ipmi -F /etc/ha.d/stonith.conf -S >/dev/null || {',
    'stonith -t external/ipmi -F /etc/ha.d/stonith.conf -l',
  ])
})

test('a device that says nothing is waited for no longer than that, and the reason told', () => {
  const answer = (timeout: string) =>
    spawnSync('sh', ['-c', `timeout() { ${timeout}; }\n${asksDevice(device).text}`], { encoding: 'utf8' })
  expect(answer('return 124')).toMatchObject({ status: 1, stderr: 'it has said nothing for 20 s\n' })
  expect(answer('return 137')).toMatchObject({ status: 1, stderr: 'it has said nothing for 20 s\n' })
  expect(answer('echo no answer >&2; return 2')).toMatchObject({ status: 1, stderr: 'no answer\n' })
  expect(answer('return 0')).toMatchObject({ status: 0, stderr: '' })
})
