import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { labPaths } from '../instance/paths.ts'
import { readState } from '../instance/state.ts'

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

// An image has no number of a process in its name; a build that still runs has one of a living process.
const isRunningBuild = (name: string): boolean => {
  const pid = /^building-(\d+)$/.exec(name)?.[1]
  return pid !== undefined && existsSync(`/proc/${pid}`)
}

/** Deletes the images over which no lab lies, and what builds that were killed left; keeps the one named. */
export const pruneImages = (cache: string, keep: string): void => {
  const used = names(join(cache, 'labs')).map((lab) => readState(labPaths(cache, lab).state)?.image)
  for (const name of names(join(cache, 'images')))
    if (name !== keep && !used.includes(name) && !isRunningBuild(name))
      rmSync(join(cache, 'images', name), { recursive: true, force: true })
}
