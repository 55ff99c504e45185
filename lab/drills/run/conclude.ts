import { setTimeout as sleep } from 'node:timers/promises'
import type { Evidence, Ledger } from '../audit/evidence.ts'
import { table } from '../ledger/table.ts'
import type { Cluster, Row } from '../scene.ts'
import { eventsOf, recapOf } from './events.ts'
import type { Ground } from './ground.ts'
import { type Clocks, forbiddenOn, readIds } from './read.ts'
import { ledgerFolder } from './scripts.ts'
import type { Watch } from './watch.ts'
import type { Writer } from './writer.ts'

/** Milliseconds in which a cluster has to be well again, and between two looks; then for one more answer of all that is watched. */
const wait = { limit: 900_000, pause: 10_000, answer: 60_000 }

type ClusterSaid = {
  readonly cluster: string
  readonly active: readonly string[]
  readonly failover: { readonly safe: boolean }
}
type StatusSaid = {
  readonly exitCode: number
  readonly lines: readonly string[]
  readonly data: { readonly clusters: readonly ClusterSaid[] }
}

const ask = async (ground: Ground): Promise<StatusSaid | undefined> => {
  const { stdout } = await ground.play('status', {})
  try {
    return JSON.parse(stdout) as StatusSaid
  } catch {
    return undefined
  }
}

type Holders = Readonly<Record<string, string>>

// Where two hold the address, nobody is the one that serves.
const holdersIn = (said: StatusSaid | undefined): Holders =>
  Object.fromEntries(
    (said?.data.clusters ?? []).flatMap(({ cluster, active: [node, ...more] }) =>
      node !== undefined && more.length === 0 ? [[cluster, node]] : [],
    ),
  )

/** The node that serves, by the name of the cluster. Throws Error unless each cluster may be failed over now. */
export const safeHolders = async (ground: Ground): Promise<Holders> => {
  const said = await ask(ground)
  const clusters = said?.data.clusters ?? []
  if (clusters.length > 0 && clusters.every(({ failover }) => failover.safe)) return holdersIn(said)
  throw new Error(`no drill begins unless status is safe: ${said?.lines[0] ?? 'it said nothing'}`)
}

/** As safeHolders, once that is so: after a restart heartbeat needs a while to be sure of itself. */
export const untilSafe = async (ground: Ground, tell: (line: string) => void): Promise<Holders> => {
  const end = Date.now() + (ground.emulated ? wait.limit : wait.limit / 5)
  for (;;) {
    try {
      return await safeHolders(ground)
    } catch (error) {
      if (Date.now() > end) throw error
      tell(`not yet: ${(error as Error).message}`)
      await sleep(wait.pause)
    }
  }
}

const statusInTheEnd = async (ground: Ground): Promise<StatusSaid | undefined> => {
  const end = Date.now() + wait.limit
  for (;;) {
    const said = await ask(ground)
    if (said?.exitCode === 0 || Date.now() > end) return said
    await sleep(wait.pause)
  }
}

// What is judged as the end was asked after all was well: an older answer tells of a node or a database as it was before. Who
// does not answer is told as unknown by those who judge.
const untilSeen = async ({ samples, databases }: Watch, { nodes, traits }: Cluster): Promise<void> => {
  const well = Date.now()
  const watched = [samples, ...(traits.includes('replication') ? [databases] : [])]
  const seen = () =>
    watched.every((list) => nodes.every((node) => list.some((one) => one.node === node && one.sent > well)))
  while (!seen() && Date.now() - well < wait.answer) await sleep(200)
}

const driftOf = async (ground: Ground): Promise<readonly string[] | undefined> => {
  const { code, stdout } = await ground.play(ground.playbook, {}, '--check')
  const hosts = Object.values(recapOf(stdout)?.hosts ?? {})
  const unsure = hosts.some((host) => (host.unknown ?? 0) > 0 || (host.failed ?? 0) > 0)
  if (code !== 0 || hosts.length === 0 || unsure) return undefined
  return eventsOf(stdout)
    ?.filter(({ event, outcome }) => event === 'task' && outcome === 'would-change')
    .map(({ host, id }) => `${host} ${id}`)
}

/** A writer's notes beside what is there; undefined where nobody can tell. Pure. */
export const ledgerOf = (
  writer: Writer | undefined,
  found: readonly number[] | undefined,
): Ledger | undefined => writer && { notes: { attempted: writer.attempted, acked: writer.acked }, found }

/** What is known when a drill is over. */
export type End = Pick<Evidence, 'ended' | 'rows' | 'files' | 'forbidden' | 'status' | 'drift'>

/** Waits until all is well or nothing more can be expected, and reads what is there. */
export const concludeDrill = async (
  ground: Ground,
  { drill, cluster }: Row,
  watch: Watch,
  clocks: Clocks,
  tell: (line: string) => void,
): Promise<End> => {
  tell('waiting: status is well')
  const said = await statusInTheEnd(ground)
  await untilSeen(watch, cluster)
  const ended = Date.now()
  await watch.stop()
  const holders = holdersIn(said)
  const holder = (of: Watch['rowCluster']) => of && holders[of.name]
  tell('reading the ledgers and the logs')
  const rows = await readIds(
    ground,
    holder(watch.rowCluster),
    `mariadb -N -B -e 'SELECT id FROM ${table} WHERE id >= ${watch.first}'`,
    watch.first,
  )
  const files =
    watch.fileCluster &&
    (await readIds(
      ground,
      holder(watch.fileCluster),
      `cat ${ledgerFolder(watch.fileCluster)}/files`,
      watch.first,
    ))
  // An emulated processor stands still while its host is busy.
  const allows = [...(drill.allows ?? []), ...(ground.emulated ? [/soft lockup/] : [])]
  const logs = await Promise.all(cluster.nodes.map((node) => forbiddenOn(ground, node, clocks[node], allows)))
  return {
    ended,
    status: said && { exitCode: said.exitCode, line: said.lines[0] ?? '' },
    rows: ledgerOf(watch.rows, rows),
    files: ledgerOf(watch.files, files),
    forbidden: logs.some((one) => !one) ? undefined : logs.flatMap((one) => one ?? []),
    drift: await driftOf(ground),
  }
}
