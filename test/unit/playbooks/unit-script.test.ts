import { expect, test } from 'vitest'
import { unitScript } from '../../../playbooks/parts/heartbeat.mjs'
import { sandbox } from './sandbox.ts'

const unit = unitScript().reveal()

test.each([
  ['active', 0, 'running'],
  ['reloading', 0, 'running'],
  ['inactive', 3, 'stopped'],
  ['failed', 3, 'stopped'],
  // Heartbeat is about to start it: `systemctl start` then waits for the start that is under way.
  ['activating', 3, 'stopped'],
  // Heartbeat is about to give up on a stop: the process may still write.
  ['deactivating', 3, 'running'],
  ['', 1, 'running'],
])('a unit that is %j (exit %i) is exactly %s', (state, exitCode, expected) => {
  const { run, calls } = sandbox({ systemctl: `echo "${state}"; exit ${exitCode}` })
  expect(run(unit, 'mariadb', 'status').stdout).toBe(`${expected}\n`)
  expect(calls()).toEqual(['systemctl is-active mariadb.service'])
})

test.each(['start', 'stop'])('%s passes on how it ended', (verb) => {
  for (const exitCode of [0, 1]) {
    const { run, calls } = sandbox({ systemctl: `exit ${exitCode}` })
    expect(run(unit, 'mariadb', verb).exitCode).toBe(exitCode)
    expect(calls()).toEqual([`systemctl ${verb} mariadb.service`])
  }
})

test('another word is an error', () => {
  const { run, calls } = sandbox({ systemctl: '' })
  expect(run(unit, 'mariadb', 'monitor')).toMatchObject({ exitCode: 1, stdout: '' })
  expect(calls()).toEqual([])
})
