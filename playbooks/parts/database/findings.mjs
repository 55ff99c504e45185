// What is the matter with two databases that replicate, and what a fail-over would lose of them.
import { describeTransactions, unknownTo } from 'runsheet/replication'

/** @typedef {import('../cluster.mjs').Look} Look */
/** @typedef {import('../cluster.mjs').Said} Said */
/** @typedef {import('../cluster.mjs').Finding} Finding */
/** @typedef {{ name: string, said: Said }} Server */

/** Seconds behind its source that are no reason to be told: a large transaction takes its time. */
const LAG = 10

/** Transactions that a busy source may have written between the questions to both, which are not asked at one moment. */
const UNDER_WAY = 1000

const ONE_SIDE = 'what one of the two has written'
const UNKNOWN = 'nobody knows how much of the database'

/**
 * @param {readonly Look[]} looks
 * @param {boolean} semi_sync whether a commit is to wait for the peer
 * @returns {Finding[]}
 */
export function replicationFindings(looks, semi_sync) {
  const servers = looks.flatMap(({ name, said }) => (said ? [{ name, said }] : []))
  const writers = servers.filter(({ said }) => said.database === 'writable').map(({ name }) => name)
  const source = servers.find(({ said }) => said.vip === 'yes')
  const replica = servers.find((server) => server !== source)
  const found = [
    ...(writers.length > 1
      ? [critical(`the databases of ${writers.join(' and ')} both take writes`, ONE_SIDE)]
      : []),
    ...parted(servers),
    ...servers.flatMap((server) =>
      server.said.vip === 'yes' ? ofSource(server) : ofReplica(server, source, looks),
    ),
    ...(semi_sync && source && replica ? waiting(source, replica) : []),
    ...looks.filter(({ said }) => !said).map(({ name }) => unheard(name)),
  ]
  // Where commits wait for the replica, what is on its way was acknowledged to nobody.
  return found.length > 0 || semi_sync || !source || !replica ? found : underWay(source, replica)
}

/**
 * Of a pair that is well otherwise: what a loss of the source at that moment would have cost. A few are always on their way.
 *
 * @param {Server} source
 * @param {Server} replica
 * @returns {Finding[]}
 */
function underWay(source, replica) {
  const count = notArrived(replica.said, source).reduce((sum, { first, last }) => sum + last - first + 1n, 0n)
  if (count === 0n) return []
  const what = `transactions of ${source.name} that had not arrived on ${replica.name} when both were asked: ${count}`
  const lost = missing(replica.said, source)
  if (count > UNDER_WAY) return [{ severity: 'warning', what, lost }]
  return [{ severity: 'ok', what, lost, harmless: true }]
}

/** @param {string} name @returns {Finding} */
function unheard(name) {
  return { severity: 'warning', what: `what the database of ${name} has is not known`, lost: UNKNOWN }
}

/**
 * Each has what the other one lacks, so that neither is promoted beside it. Where one takes writes, it is compared with that.
 *
 * @param {readonly Server[]} servers
 * @returns {Finding[]}
 */
function parted([one, other]) {
  if (!one || !other || [one, other].some(({ said }) => said.database !== 'readable')) return []
  const [only, others] = [lackedBy(other.said, one), lackedBy(one.said, other)]
  if (only === '' || others === '') return []
  const what = `the databases of ${one.name} (${only}) and ${other.name} (${others}) have gone different ways: resolve-split-brain.mjs where DRBD is apart, else db-promote vouch on the one to go on with`
  return [critical(what, ONE_SIDE)]
}

/** @param {Said} lacks @param {Server} server */
function lackedBy(lacks, server) {
  return notArrived(lacks, server).map(describeTransactions).join(' ')
}

/** @param {Server} server @returns {Finding[]} */
function ofSource({ name, said }) {
  const { database, follows = 'none' } = said
  if (database === 'down') return [critical(`the database of ${name} is down, which holds the address`)]
  if (database !== 'writable')
    return [critical(`${name} holds the address, and its database takes no writes`)]
  if (follows === 'none') return []
  return [
    critical(`the database of ${name} takes writes, and is set to follow ${follows}: the wrong direction`),
  ]
}

/**
 * @param {Server} replica
 * @param {Server | undefined} source undefined where no node is seen to serve
 * @param {readonly Look[]} looks
 * @returns {Finding[]}
 */
function ofReplica({ name, said }, source, looks) {
  const { database, follows = 'none', source_is: right, receiver, applier, behind = '' } = said
  const peer = looks.find((look) => look.name !== name)?.name ?? 'its peer'
  /** @param {string} what @returns {Finding} */
  const broken = (what) => ({ severity: 'warning', what, lost: missing(said, source) })
  if (database === 'down') return [{ ...broken(`the database of ${name} is down`), lost: UNKNOWN }]
  if (database === 'writable')
    return [critical(`the database of ${name} takes writes, and it does not hold the address`, ONE_SIDE)]
  if (said.complete === 'no')
    return [
      {
        ...broken(`the copy of the database on ${name} is not complete: run reseed.mjs -e node=${name}`),
        lost: UNKNOWN,
      },
    ]
  const own = errant(said, source)
  const errants =
    own === '' ? [] : [broken(`the database of ${name} has transactions of its own (${own}): see rejoin.mjs`)]
  if (follows === 'none') return [broken(`the database of ${name} follows nobody`), ...errants]
  if (right && follows !== right)
    return [broken(`the database of ${name} follows ${follows}, not ${peer} (${right})`), ...errants]
  return [
    ...(receiver === 'Yes'
      ? []
      : [
          broken(
            `the database of ${name} receives nothing from ${peer} (IO thread: ${receiver || 'No'})${why(said)}`,
          ),
        ]),
    ...(applier === 'Yes'
      ? []
      : [broken(`the database of ${name} applies nothing (SQL thread: ${applier || 'No'})${why(said)}`)]),
    ...(Number(behind) > LAG ? [broken(`the database of ${name} is ${behind} seconds behind`)] : []),
    ...differing(name, peer, said),
    ...errants,
  ]
}

/**
 * Until a comparison finds both equal, or the data are made anew.
 *
 * @param {string} name
 * @param {string} peer
 * @param {Said} said
 * @returns {Finding[]}
 */
function differing(name, peer, { different }) {
  if (!different) return []
  const what = `tables of ${name} differ from those of ${peer}, as was found at ${different}: stop its threads (STOP SLAVE) and run reseed.mjs -e node=${name}`
  return [{ severity: 'warning', what, lost: UNKNOWN }]
}

/**
 * Whether commits wait for the replica. One that receives nothing was told already. A source that has not written since its
 * replica came, as after each move, waits from its next commit on.
 *
 * @param {Server} source
 * @param {Server} replica
 * @returns {Finding[]}
 */
function waiting(source, replica) {
  const { database, semi_sync, acknowledging } = source.said
  if (database !== 'writable' || replica.said.receiver !== 'Yes' || semi_sync === 'ON') return []
  if (Number(acknowledging) > 0 && notArrived(replica.said, source).length === 0) return []
  const what = `commits on ${source.name} do not wait for ${replica.name}, though semi_sync is wanted`
  return [{ severity: 'warning', what, lost: missing(replica.said, source) }]
}

/** @param {Said} said */
function why({ stumbled }) {
  return stumbled ? `: ${stumbled}` : ''
}

/** What has not arrived is lost with the source; the rest is applied before a promotion. @param {Said} replica @param {Server | undefined} source */
function missing(replica, source) {
  if (source?.said.database !== 'writable') return UNKNOWN
  const found = notArrived(replica, source)
  if (found.length === 0) return 'nothing of the database so far'
  return `transactions of the database: ${found.map(describeTransactions).join(' ')}`
}

/** @param {Said} replica @param {Server} source */
function notArrived({ written = '', arrived = '' }, source) {
  return unknownTo(source.said.written ?? '', `${arrived},${written}`)
}

/**
 * Both are asked at different moments: what a replica that receives has of its source's own, the source has written since.
 *
 * @param {Said} replica
 * @param {Server | undefined} source
 */
function errant({ written = '', receiver }, source) {
  if (!source?.said.written) return ''
  const { server_id, arrived = '' } = source.said
  return unknownTo(written, `${source.said.written},${arrived}`)
    .filter(({ server }) => receiver !== 'Yes' || String(server) !== server_id)
    .map(describeTransactions)
    .join(' ')
}

/** @param {string} what @param {string} [lost] @returns {Finding} */
function critical(what, lost) {
  return { severity: 'critical', what, ...(lost && { lost }) }
}
