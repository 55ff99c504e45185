import { afterAll, beforeAll, expect, it } from 'vitest'
import { command, file, reboot } from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { runTasks } from '../contract/engine.ts'
import { startLab } from '../contract/machines/lab.ts'
import type { Machine } from '../contract/machines/machine.ts'

let machine: Machine
beforeAll(async () => {
  machine = await startLab()
})
afterAll(() => machine?.stop())

const tasks = () => [
  reboot({ why: 'a mark asks for it', needed: sh`[ -e /run/restart-me ]` }),
  file({ path: '/root/after', content: 'the restart\n' }),
]

const bootId = async () => (await machine.sh(sh`cat /proc/sys/kernel/random/boot_id`)).trim()

it('restarts a machine, waits for it, and goes on there', async () => {
  const before = await bootId()
  await machine.sh(sh`touch /run/restart-me`)

  const check = await runTasks(machine.connection, tasks(), true)
  expect(check.tasks.map(({ outcome }) => outcome)).toEqual(['would-change', 'would-change'])
  expect(await bootId()).toBe(before)

  const ran = await runTasks(machine.connection, tasks())
  expect(ran.errors.map(({ message }) => message)).toEqual([])
  expect(ran.exitCode).toBe(0)
  expect(ran.tasks.map(({ outcome }) => outcome)).toEqual(['changed', 'changed'])

  const isAnother = sh`[ "$(cat /proc/sys/kernel/random/boot_id)" != ${before} ]`
  const another = command({ name: 'this is another boot', unless: isAnother, run: sh`exit 1` })
  const again = await runTasks(machine.connection, [...tasks(), another])
  expect(again.tasks.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok'])
})
