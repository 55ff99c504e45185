import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../errors.ts'
import { type CreatedLab, created, findLab, type LabOptions } from './lab.ts'
import { cacheRoot, labPaths } from './paths.ts'
import { readState } from './state.ts'

/** A lab of this machine: its name, and that of its topology. */
export type Existing = { readonly name: string; readonly topology: string }

/** All labs that were created, of whatever topology. */
export const existingLabs = (): Existing[] => {
  const cache = cacheRoot(process.env)
  const folder = join(cache, 'labs')
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.flatMap((name) => {
    const state = readState(labPaths(cache, name).state)
    return state ? [{ name, topology: state.topology }] : []
  })
}

/** What LAB_NAME and LAB_TOPOLOGY ask for; either may be left out. */
export type Wanted = { readonly name: string | undefined; readonly topology: string | undefined }

/** One of these labs; where nothing is wanted, the only one. Throws LabError with what to type if it is not clear. Pure. */
export const chooseLab = (labs: readonly Existing[], { name, topology }: Wanted): Existing => {
  const fitting = labs.filter(
    (lab) =>
      (name === undefined || lab.name === name) && (topology === undefined || lab.topology === topology),
  )
  const [only, second] = fitting
  if (only && !second) return only
  const named = fitting.find((lab) => lab.name === topology)
  if (named) return named
  const list = (some: readonly Existing[]) =>
    some.map((lab) => `LAB_NAME=${lab.name} (${lab.topology})`).join(', ')
  if (second) throw new LabError('there is more than one lab', `choose one: ${list(fitting)}`)
  const asked = [name && `of the name ${name}`, topology && `of the topology ${topology}`].filter(Boolean)
  throw new LabError(
    ['there is no lab', ...asked].join(' '),
    labs.length > 0 ? `take one that exists: ${list(labs)}` : 'type: npm run lab -- --topology two-node up',
  )
}

/** The lab that exists already, whatever its topology, for what must find it as it is. Throws as chooseLab does. */
export const findExisting = (options: LabOptions): CreatedLab => {
  const wanted = {
    name: process.env.LAB_NAME || undefined,
    topology: process.env.LAB_TOPOLOGY || undefined,
  }
  const { name, topology } = chooseLab(existingLabs(), wanted)
  const lab = created(findLab({ ...options, topology }, name))
  if (lab && existsSync(lab.paths.inventory)) return lab
  throw new LabError(`the lab ${name} was never started`, `type: npm run lab -- --topology ${topology} up`)
}
