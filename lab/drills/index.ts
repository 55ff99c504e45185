import { LabError } from '../errors.ts'
import { showProgress } from '../progress.ts'
import { renderList, renderTable } from './report/result.ts'
import { mustBeWritable, writeReport } from './report/write.ts'
import { safeHolders } from './run/conclude.ts'
import { clustersIn, type DrillHost, inventoryGround } from './run/inventory-ground.ts'
import { remember } from './run/remember.ts'
import { leave, runDrills } from './run/run.ts'
import { onSignal } from './run/signal.ts'
import { type Ask, demandWord } from './run/word.ts'
import { isInside, namedRows, rowsOf } from './scene.ts'

export { explain, LabError } from '../errors.ts'
export type { DrillHost } from './run/inventory-ground.ts'

/** What a person wants of a cluster that is not the lab's. */
export type Request = {
  /** As of `-i`; the hosts are those that they name. */
  readonly sources: readonly string[]
  readonly hosts: readonly DrillHost[]
  /** That makes the clusters. */
  readonly playbook: string
  /** Names the drills that fit, and runs none. */
  readonly list: boolean
  readonly drills: readonly string[]
  readonly report: string | undefined
  /** Asks for the word of the operator: the name of each cluster that will be broken. */
  readonly ask: Ask
}

/**
 * Drills on the clusters of an inventory, with faults that need no hypervisor, from a safe status and with the word of
 * the operator alone. Throws LabError before anything is done; gives whether all drills are passed.
 */
export const drillInventory = async (request: Request): Promise<boolean> => {
  const fitting = rowsOf(clustersIn(request.hosts)).filter(isInside)
  if (request.list) {
    process.stdout.write(`${renderList(fitting)}\n`)
    return true
  }
  if (request.drills.length === 0)
    throw new LabError('no drill is named', 'name some with --drill NAME; --list shows them')
  namedRows(fitting, request.drills)
  mustBeWritable(request.report)
  const plain = await inventoryGround(request.hosts, request.sources, request.playbook)
  const { ground, endLeft, endAll } = remember(plain)
  const chosen = namedRows(rowsOf(ground.clusters), request.drills)
  await safeHolders(ground)
  await demandWord(
    chosen.map(({ cluster }) => cluster.name),
    request.ask,
  )
  const progress = showProgress(process.stderr)
  const title = ground.clusters.map(({ name }) => name).join(', ')
  const heading = { title, date: new Date(), seed: undefined, emulated: false, planned: chosen.length }
  const mend = () => endAll().finally(() => leave(plain, progress.log))
  const forget = onSignal(mend, progress.log)
  // Nobody can put such a cluster back but for its faults: after a drill that leaves it broken no other one is run.
  const results = await runDrills({ ground, putBack: endLeft }, chosen, progress.log, (known) =>
    writeReport(request.report, heading, known),
  ).finally(() => {
    forget()
    progress.stop()
  })
  process.stdout.write(`${renderTable(results)}\n`)
  return results.every(({ passed }) => passed)
}
