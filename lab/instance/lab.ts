import { existsSync } from 'node:fs'
import { LabError } from '../errors.ts'
import type { Log } from '../progress.ts'
import { loadTopology, type Topology } from '../topology/load.ts'
import { chooseLab, existingLabs, listLabs } from './existing.ts'
import { cacheRoot, type LabPaths, labPaths } from './paths.ts'
import { readState, type State } from './state.ts'

/** One laboratory on this machine, which may not have been created yet. */
export type Lab = {
  readonly name: string
  readonly cache: string
  readonly topology: Topology
  readonly paths: LabPaths
  readonly log: Log
}

/** A laboratory that has been created. */
export type CreatedLab = Lab & { readonly state: State }

/** `topology` is LAB_TOPOLOGY or two-node if left out; `log` takes the progress. */
export type LabOptions = { readonly topology?: string | undefined; readonly log?: Log | undefined }

const checkName = (name: string): string => {
  if (/^[a-z0-9][a-z0-9-]*$/.test(name)) return name
  throw new LabError(`LAB_NAME is ${name}`, 'use lower-case letters, digits and dashes')
}

/** Finds the laboratory that options and environment (LAB_NAME, LAB_TOPOLOGY, XDG_CACHE_HOME) name. */
export const findLab = (options: LabOptions, named = process.env.LAB_NAME): Lab => {
  const topology = loadTopology(options.topology || process.env.LAB_TOPOLOGY || 'two-node')
  const cache = cacheRoot(process.env)
  const name = checkName(named || topology.name)
  return { name, cache, topology, paths: labPaths(cache, name), log: options.log ?? (() => {}) }
}

/** The laboratory with its state, or nothing if it was not created. Throws LabError if it has another topology. */
export const created = (lab: Lab): CreatedLab | undefined => {
  const state = readState(lab.paths.state)
  if (!state) return undefined
  if (state.topology === lab.topology.name) return { ...lab, state }
  throw new LabError(
    `the lab ${lab.name} has the topology ${state.topology}, not ${lab.topology.name}`,
    `add --topology ${state.topology}, give another LAB_NAME, or type: npm run lab -- destroy`,
  )
}

/** As findLab, for what needs a created laboratory. Throws LabError if there is none. */
export const openLab = (options: LabOptions): CreatedLab => {
  const lab = findLab(options)
  const found = created(lab)
  if (found) return found
  const others = existingLabs()
  throw new LabError(
    `there is no lab ${lab.name}`,
    `${startCommand(lab.topology.name)}${others.length > 0 ? `; or take one that exists: ${listLabs(others)}` : ''}`,
  )
}

const startCommand = (topology: string): string => `type: npm run lab -- --topology ${topology} up`

/** The lab that exists already, whatever its topology, for what must find it as it is. Throws as chooseLab does. */
export const findExisting = (options: LabOptions): CreatedLab => {
  const wanted = {
    name: process.env.LAB_NAME || undefined,
    topology: process.env.LAB_TOPOLOGY || undefined,
  }
  const { name, topology } = chooseLab(existingLabs(), wanted)
  const lab = created(findLab({ ...options, topology }, name))
  if (lab && existsSync(lab.paths.inventory)) return lab
  throw new LabError(`the lab ${name} was never started`, startCommand(topology))
}

const storedTopology = (lab: Lab): string | undefined => {
  try {
    return readState(lab.paths.state)?.topology
  } catch {
    return undefined // a state that cannot be read must not keep its lab from being deleted
  }
}

/** The laboratory to delete: as it was created, whatever topology is asked for, and even if it is half of one. */
export const findDoomedLab = (options: LabOptions): Lab => {
  const lab = findLab(options)
  const topology = storedTopology(lab)
  return topology && topology !== lab.topology.name ? findLab({ ...options, topology }) : lab
}

/** The names of all nodes, in the order of the topology. */
export const nodeNames = (lab: Lab): string[] => Object.keys(lab.topology.nodes)

/** Throws LabError unless the topology has a node of that name. */
export const checkNode = (lab: Lab, node: string): void => {
  if (!(node in lab.topology.nodes))
    throw new LabError(`the lab ${lab.name} has no node ${node}`, `take one of: ${nodeNames(lab).join(', ')}`)
}
