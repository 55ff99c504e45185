import { beforeAll, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest } from './laboratory.ts'
import { activeNode, other, until, untilServing } from './pair.ts'

// After a partition in which both nodes served, heartbeat lets all go, sleeps for `deadtime`, and goes on as another process.

const SLEEPS = "sudo journalctl --quiet --boot --unit heartbeat | grep -q 'Performing heartbeat restart exec'"
const HOW_MANY = 'pgrep -c -x -P 1 heartbeat || true'

let node = ''
beforeAll(async () => {
  await converged('two-node')
  node = await activeNode()
  await lab.fault('cut', other(node))
  await untilServing(other(node))
  await lab.fault('heal', other(node))
  await until(node, SLEEPS)
})

it('heartbeat that is stopped while it starts itself anew leaves none behind', async () => {
  expect(await inGuest(node, HOW_MANY)).toBe('1')
  await inGuest(node, 'sudo systemctl stop heartbeat')
  expect(await inGuest(node, 'pgrep -a heartbeat || true')).toBe('')
})

it('and is one alone when it is started again', async () => {
  await inGuest(node, 'sudo systemctl start heartbeat')
  await until(node, 'cl_status hbstatus >/dev/null 2>&1')
  expect(await inGuest(node, HOW_MANY)).toBe('1')
})
