import type { Drill } from '../../lab/drills/drill.ts'
import { matrix } from '../../lab/drills/matrix.ts'
import type { Result } from '../../lab/drills/report/result.ts'
import { labArena, runDrills } from '../../lab/drills/run/run.ts'
import { log } from './labs.ts'

/** Runs one drill of the matrix on a lab, with something of it changed. */
export async function drillOn(
  topology: string,
  name: string,
  change: Partial<Drill> = {},
): Promise<Result | undefined> {
  const drill = matrix.find((one) => one.name === name)
  const arena = await labArena(topology, log)
  const [cluster] = arena.ground.clusters
  if (!drill || !cluster) throw new Error('there is nothing to drill')
  const [result] = await runDrills(arena, [{ name, drill: { ...drill, ...change }, cluster }], log)
  return result
}
