import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { restoreSnapshot, takeSnapshot } from '../../commands/snapshot.ts'
import { bringUp } from '../../commands/up.ts'
import { LabError } from '../../errors.ts'
import { findLab, openLab } from '../../instance/lab.ts'
import { complaints, notRun, type Result, resultOf } from '../report/result.ts'
import type { Row } from '../scene.ts'
import { safeHolders, untilSafe } from './conclude.ts'
import { conduct } from './conduct.ts'
import { type Ground, reasonsOf } from './ground.ts'
import { labGround, witnessOf } from './lab-ground.ts'
import { leaveWitness, prepareLedger, removeLedger } from './prepare.ts'

type Tell = (line: string) => void

/** A ground on which drills may begin, and what makes it well again where one was not passed; it rejects where that cannot be. */
type Arena = { readonly ground: Ground; readonly putBack: () => Promise<void> }

/** To which the lab is put back. */
const snapshot = 'drills'

const isSafe = (ground: Ground): Promise<boolean> =>
  safeHolders(ground).then(
    () => true,
    () => false,
  )

const converge = async (ground: Ground, tell: Tell): Promise<void> => {
  tell(`${ground.playbook} makes the cluster`)
  const { code, stdout, stderr } = await ground.play(ground.playbook, {})
  if (code !== 0)
    throw new LabError(`${ground.playbook} ended with ${code}: ${reasonsOf({ stdout, stderr })}`)
}

/** Brings the lab of a topology up, and its cluster, and remembers it as it is then. */
export const labArena = async (topology: string, tell: Tell): Promise<Arena> => {
  const lab = { ...findLab({ topology }), log: tell }
  witnessOf(lab.topology) // told before anything is started
  await bringUp(lab)
  const open = () => ({ ...openLab({ topology }), log: tell })
  const putBack = () => restoreSnapshot(open(), snapshot)
  const ground = labGround({ topology, log: tell })
  await makeWell({ ground, putBack }, snapshot in open().state.snapshots, tell)
  await takeSnapshot(open(), snapshot)
  return { ground, putBack }
}

// Stands while a drill is under way, and after one that was not passed: a fault of it may be left that status does not see.
const markOf = ({ folder }: Ground): string => join(folder, 'drill-under-way')

/** Has the clusters safe, and nothing of an earlier walk on them. `saved`: they can be put back. */
export const makeWell = async ({ ground, putBack }: Arena, saved: boolean, tell: Tell): Promise<void> => {
  const marked = existsSync(markOf(ground))
  if (marked && !saved)
    throw new LabError(
      'an earlier drill may have left its fault, and no snapshot is there to go back to',
      'make the lab anew: npm run lab -- destroy',
    )
  if (marked || !(await isSafe(ground))) {
    // What an earlier walk has left broken is no cluster that a playbook would go on with.
    if (saved) await putBack()
    else await converge(ground, tell)
  }
  await untilSafe(ground, tell)
  rmSync(markOf(ground), { force: true })
}

const runOne = async (
  { ground, putBack }: Arena,
  row: Row,
  wasPassed: boolean,
  tell: Tell,
): Promise<Result> => {
  try {
    // A fault may be left that status does not see.
    const safe = wasPassed ? await untilSafe(ground, tell).catch(() => undefined) : undefined
    if (!safe) await putBack()
    const holders = safe ?? (await untilSafe(ground, tell))
    await prepareLedger(ground, holders)
    writeFileSync(markOf(ground), `${row.name}\n`)
    const result = resultOf(await conduct(ground, row, holders[row.cluster.name] ?? '', tell))
    if (result.passed) rmSync(markOf(ground))
    return result
  } catch (error) {
    return notRun(row.name, row.drill.shows, (error as Error).message)
  }
}

/** Takes back what the ledger needs, or tells that something of it stays. */
export const leave = async (ground: Ground, tell: Tell): Promise<void> => {
  const emptied = async () => removeLedger(ground, await safeHolders(ground))
  // Each for itself: a witness that cannot be reached keeps nobody from the nodes.
  for (const end of await Promise.allSettled([leaveWitness(ground), emptied()]))
    if (end.status === 'rejected')
      tell(`something of the ledger stays on the machines: ${(end.reason as Error).message}`)
}

/**
 * Runs drills one after the other; nothing of them stays on the machines. `keep` gets all results that are known after each
 * one: a run of hours may be ended in the middle.
 */
export const runDrills = async (
  arena: Arena,
  rows: readonly Row[],
  tell: Tell,
  keep: (results: readonly Result[]) => void = () => {},
): Promise<Result[]> => {
  const results: Result[] = []
  try {
    for (const row of rows) {
      const wasPassed = results.at(-1)?.passed ?? true
      const result = await runOne(arena, row, wasPassed, (line) => tell(`${row.name}: ${line}`))
      tell(`${row.name}: ${result.passed ? 'passed' : 'NOT passed'}`)
      for (const complaint of complaints(result)) tell(`${row.name}: ${complaint}`)
      results.push(result)
      keep(results)
    }
  } finally {
    await leave(arena.ground, tell)
  }
  return results
}
