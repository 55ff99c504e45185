import { expect, test, vi } from 'vitest'
import * as lab from '../../../lab/index.ts'

vi.stubEnv('LAB_NAME', 'no-such-lab')

// Whoever asks for a snapshot that may be there, or waits in `Promise.all`, reads the answer as that of a promise.
test.each<[string, () => Promise<unknown>]>([
  ['status', () => lab.status()],
  ['ssh', () => lab.ssh('node1', 'true')],
  ['ready', () => lab.ready('node1')],
  ['fault', () => lab.fault('reset', 'node1')],
  ['snapshot', () => lab.snapshot('converged')],
  ['restore', () => lab.restore('converged')],
])('%s of a laboratory that does not exist is rejected, not thrown', async (_, call) => {
  let answer: Promise<unknown> | undefined
  expect(() => {
    answer = call()
    answer.catch(() => undefined)
  }).not.toThrow()
  await expect(answer).rejects.toThrow('there is no lab no-such-lab')
})
