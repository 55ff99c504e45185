import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../errors.ts'
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

/** Labs as a person can name them. Pure. */
export const listLabs = (labs: readonly Existing[]): string =>
  labs.map(({ name, topology }) => `LAB_NAME=${name} (${topology})`).join(', ')

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
  if (second) throw new LabError('there is more than one lab', `choose one: ${listLabs(fitting)}`)
  const asked = [name && `of the name ${name}`, topology && `of the topology ${topology}`].filter(Boolean)
  throw new LabError(
    ['there is no lab', ...asked].join(' '),
    labs.length > 0
      ? `take one that exists: ${listLabs(labs)}`
      : 'type: npm run lab -- --topology two-node up',
  )
}
