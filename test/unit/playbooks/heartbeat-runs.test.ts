import { expect, test } from 'vitest'
import { heartbeatRuns } from '../../../lib/cluster/heartbeat-runs.ts'
import { sandbox } from './sandbox.ts'

// What may only be done without heartbeat must not begin while it waits after a boot.
test.each([
  ['active', 0],
  ['activating', 0],
  ['deactivating', 0],
  ['inactive', 1],
  ['failed', 1],
])('a unit that is %s', (state, exitCode) => {
  const { run } = sandbox({ systemctl: `echo ${state}; [ ${state} = active ] || exit 3` })
  expect(run(heartbeatRuns.text).exitCode).toBe(exitCode)
})
