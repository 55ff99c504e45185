import * as lab from '../../lab/index.ts'
import { log, nameOf } from './laboratory.ts'

const TOPOLOGIES = ['two-node', 'two-node-lun', 'replication', 'four-node', 'four-node-replication']

async function destroyAll(): Promise<void> {
  for (const topology of TOPOLOGIES) {
    process.env.LAB_NAME = nameOf(topology)
    await lab.destroy({ topology, log })
  }
  delete process.env.LAB_NAME
}

/** What an earlier run has left was converged by older sources; `KEEP_LABS=1` is for those who write such a test. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.KEEP_LABS) return async () => {}
  await destroyAll()
  return destroyAll
}
