import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Removes the folders of runs that were killed: each has the number of its process in its name. */
export function removeRemains(cache: string): void {
  for (const name of readdirSync(cache)) {
    const pid = /^(?:docker|building)-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeWithMounts(join(cache, name))
  }
}

/** Removes a folder in which a daemon that was killed has left its mounts: the kernel keeps these when it dies. */
export function removeWithMounts(folder: string): void {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`))
  // The last one lies on top.
  for (const point of points.reverse()) execFileSync('umount', [point])
  rmSync(folder, { recursive: true, force: true })
}
