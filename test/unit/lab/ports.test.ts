import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labPaths } from '../../../lab/instance/paths.ts'
import { freePort, portsOfOthers } from '../../../lab/instance/ports.ts'
import { writeState } from '../../../lab/instance/state.ts'

// By which port of this machine a node is reached: two labs that start at one moment may not take the same.

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lab-ports-'))
  // A copy has the state of the lab that it was.
  for (const lab of ['made', 'copy']) {
    const { state } = labPaths(root, lab)
    mkdirSync(dirname(state), { recursive: true })
    const more = { image: 'i', accel: 'tcg', cuts: {}, snapshots: {} } as const
    writeState(state, { topology: 'two-node', ports: { node1: 20_001, node2: 20_002 }, ...more })
  }
})
afterAll(() => rmSync(root, { recursive: true }))

it('leaves alone what another lab has, though nobody listens there yet', async () => {
  const taken = portsOfOthers(root, 'copy')
  expect(taken).toEqual([20_001, 20_002])
  const port = await freePort(20_001, taken)
  expect(taken).not.toContain(port)
  expect(port).toBeGreaterThanOrEqual(20_000)
  expect(port).toBeLessThan(32_000)
})

it('keeps its own, unless somebody listens there', async () => {
  const own = await freePort(undefined, [])
  expect(await freePort(own, [])).toBe(own)
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(own, '127.0.0.1', resolve))
  expect(await freePort(own, [])).not.toBe(own)
  other.close()
})

it('knows of no other lab where there is none', () => {
  expect(portsOfOthers(join(root, 'nowhere'), 'copy')).toEqual([])
})
