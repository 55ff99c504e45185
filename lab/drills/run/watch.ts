import { join } from 'node:path'
import type { Beside } from '../audit/evidence.ts'
import { type DatabaseSample, parseDatabase, parseSample, type Sample } from '../audit/sample.ts'
import type { Cluster } from '../scene.ts'
import type { Ground } from './ground.ts'
import { databaseSampler, fileWriter, fromWitness, rowStatement, rowWriter, sampler } from './scripts.ts'
import { askSteadily, type Running } from './stream.ts'
import { acknowledgedFile, acknowledgedRow, startWriter, type Writer } from './writer.ts'

/** What is seen while a drill runs; the lists grow. */
export type Watch = {
  readonly samples: readonly Sample[]
  readonly databases: readonly DatabaseSample[]
  readonly beside: readonly Beside[]
  readonly rows: Writer | undefined
  readonly files: Writer | undefined
  readonly rowCluster: Cluster | undefined
  readonly fileCluster: Cluster | undefined
  /** The first id of this drill; ids of other drills are smaller or greater by far. */
  readonly first: number
  readonly stop: () => Promise<void>
}

/** Milliseconds. The databases are asked more rarely, since it takes forks, which cost emulated machines most. */
const paces = {
  node: { period: 200, patience: 5000 },
  database: { period: 1000, patience: 15_000 },
  slow: 5000,
  // What a node said before that is not relied on.
  fresh: 10_000,
}

const prefer = (
  clusters: readonly Cluster[],
  own: Cluster,
  trait: 'database' | 'files',
): Cluster | undefined => [own, ...clusters].find(({ traits }) => traits.includes(trait))

const watchNode = (ground: Ground, cluster: Cluster, node: string, samples: Sample[]): Running =>
  askSteadily(
    () => ground.argv(node, sampler(cluster)),
    paces.node,
    (line, sent, received) => {
      const said = parseSample(line)
      if (said) samples.push({ node, sent, received, ...said })
    },
  )

const watchDatabase = (ground: Ground, node: string, databases: DatabaseSample[]): Running =>
  askSteadily(
    () => ground.argv(node, databaseSampler),
    { ...paces.database, ...(ground.emulated ? { period: paces.slow } : {}) },
    (line, sent, received) => {
      const said = parseDatabase(line)
      if (said) databases.push({ node, sent, received, ...said })
    },
  )

const writeRows = (ground: Ground, { vip }: Cluster, first: number): Writer =>
  startWriter(
    {
      argv: () => ground.argv(ground.witness, rowWriter(fromWitness(vip))),
      line: rowStatement,
      acknowledged: acknowledgedRow,
    },
    first,
    join(ground.folder, 'drill-rows.log'),
  )

// Where two hold the address, either may be asked: what the victim has acknowledged has to be counted, too.
const writeFiles = (
  ground: Ground,
  cluster: Cluster,
  first: number,
  seen: (node: string) => Sample | undefined,
): Writer => {
  let turn = 0
  const argv = () => {
    const holders = cluster.nodes.filter((node) => seen(node)?.vip)
    turn += 1
    const node = holders[turn % holders.length]
    return node === undefined ? undefined : ground.argv(node, fileWriter(cluster, node))
  }
  const way = { argv, line: String, acknowledged: acknowledgedFile }
  return startWriter(way, first, join(ground.folder, 'drill-files.log'))
}

const stopAll = async (running: readonly Running[]): Promise<void> => {
  const ends = await Promise.allSettled(running.map((one) => one.stop()))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw new Error(`nobody watched to the end: ${(failed.reason as Error).message}`)
}

/** Starts to watch all nodes of all clusters and to write both ledgers. `stop` rejects if anything of it broke off. */
export const startWatch = (ground: Ground, cluster: Cluster): Watch => {
  const samples: Sample[] = []
  const databases: DatabaseSample[] = []
  const others = ground.clusters
    .filter(({ name }) => name !== cluster.name)
    .map((one): { cluster: Cluster; samples: Sample[] } => ({ cluster: one, samples: [] }))
  const first = Math.floor(Date.now() / 100)
  const rowCluster = prefer(ground.clusters, cluster, 'database')
  const fileCluster = prefer(ground.clusters, cluster, 'files')
  const seen = (node: string) =>
    [samples, ...others.map((one) => one.samples)]
      .flat()
      .findLast((sample) => sample.node === node && Date.now() - sample.received < paces.fresh)
  const rows = rowCluster && writeRows(ground, rowCluster, first)
  const files = fileCluster && writeFiles(ground, fileCluster, first, seen)
  const replicas = cluster.traits.includes('replication') ? cluster.nodes : []
  const running = [
    ...cluster.nodes.map((node) => watchNode(ground, cluster, node, samples)),
    ...others.flatMap((one) =>
      one.cluster.nodes.map((node) => watchNode(ground, one.cluster, node, one.samples)),
    ),
    ...replicas.map((node) => watchDatabase(ground, node, databases)),
    ...[rows, files].filter((writer) => writer !== undefined),
  ]
  return {
    ...{ samples, databases, beside: others, rows, files, rowCluster, fileCluster, first },
    stop: () => stopAll(running),
  }
}
