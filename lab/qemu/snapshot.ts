import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '../errors.ts'
import type { Lab } from '../instance/lab.ts'
import { nodeName } from './argv.ts'
import { control } from './machine.ts'

type Job = { readonly id: string; readonly status: string; readonly error?: string }

const finish = async (lab: Lab, node: string, id: string): Promise<void> => {
  for (;;) {
    const jobs = (await control(lab, node, { execute: 'query-jobs' })) as Job[]
    const job = jobs.find((one) => one.id === id)
    if (job?.status === 'concluded') {
      await control(lab, node, { execute: 'job-dismiss', arguments: { id } })
      if (job.error) throw new LabError(`${node}: QEMU refused ${id}: ${job.error}`)
      return
    }
    if (!job) throw new LabError(`${node}: QEMU forgot ${id}`)
    await sleep(100)
  }
}

const perform = async (lab: Lab, node: string, action: string, tag: string): Promise<void> => {
  const disks = ['system', ...Object.keys(lab.topology.nodes[node]?.disks ?? {})].map(nodeName)
  const id = `snapshot-${action}`
  const memory = action === 'delete' ? {} : { vmstate: nodeName('system') }
  await control(lab, node, { execute: id, arguments: { 'job-id': id, tag, devices: disks, ...memory } })
  await finish(lab, node, id)
}

/** Saves memory and disks of a node, which is paused, under that name. LUNs are not its own, and stay out. */
export const saveNode = async (lab: Lab, node: string, name: string): Promise<void> => {
  await perform(lab, node, 'delete', name) // QEMU overwrites none; what is not there is deleted without a word
  await perform(lab, node, 'save', name)
}

/** Brings memory and disks of a node, which is paused, back to what was saved under that name. */
export const loadNode = (lab: Lab, node: string, name: string): Promise<void> =>
  perform(lab, node, 'load', name)
