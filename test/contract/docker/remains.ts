import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Removes the folders of runs that were killed: each has the number of its process in its name. */
export function removeRemains(cache: string): void {
  for (const name of readdirSync(cache)) {
    const pid = /^(?:docker|building)-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(cache, name), { recursive: true, force: true })
  }
}
