// MariaDB on both nodes, each with its own copy of the data: the one that heartbeat promotes takes writes, the other one
// follows it. Init runs both; what moves is the permission to write.
import { handler, play, sh, text } from 'runsheet'
import { heartbeatRuns } from 'runsheet/cluster'
import {
  COPY_PORT,
  databaseHandover,
  following,
  PEER,
  PROMOTE,
  PROMOTION,
  peerHasAll,
  readThreads,
  replica,
  seed,
  seeding,
  UNKNOWN_TO,
} from 'runsheet/replication'
import { command, directory, file, mysqlGrant, mysqlUser, service, template } from 'runsheet/resources'
import { A_DAY } from '../a-day.mjs'
import { giveUp } from './give-up.mjs'
import { notMariaDb, serverThere } from './other-server.mjs'
import { rejoin, replace } from './return.mjs'
import { isReplica, isSource } from './roles.mjs'
import { stateOf } from './state.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('../variables.mjs').Replication} Replication */

const ours = { owner: 'root', group: 'root' }

/** What a replica needs, and what a dump of everything needs: the peer is filled by it. */
const PRIVILEGES = [
  ...['REPLICATION SLAVE', 'REPLICATION CLIENT', 'RELOAD', 'LOCK TABLES'],
  ...['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT'],
]

/**
 * @param {Replication} database
 * @param {import('../platforms/index.mjs').Platform} platform
 * @returns {Component}
 */
export function replication(database, { packages, database: server, heartbeat: { tools } }) {
  return {
    packages: [...packages.database, ...packages.backup],
    ports: [
      { name: 'mysql', port: 3306 },
      { name: 'mysql-copy', port: COPY_PORT },
    ],
    daemons: ['mariadb'],
    resources: ['db-promote'],
    asks: { mysqld: serverThere },
    unfit: ({ mysqld }) => notMariaDb(mysqld ?? ''),
    peerReady: peerHasAll(),
    state: stateOf(database),
    configuration: (cluster, node) => [
      file(
        {
          path: server.settings,
          content: settings(database, cluster, node),
          mode: '0644',
          ...ours,
        },
        { notify: restarted },
      ),
      file({ path: PEER, content: peerLogin(database, peerOf(cluster, node)), mode: '0600', ...ours }),
      file({
        path: PROMOTE,
        content: promotionScript({ ...cluster.heartbeat, tools }),
        mode: '0755',
        ...ours,
      }),
      directory({ path: PROMOTION, mode: '0700', ...ours }),
    ],
    prepare: (cluster) => prepare(database, cluster),
    replace: (cluster, node) => replace(back(database, cluster, node)),
    rejoin: (cluster, node) => rejoin(back(database, cluster, node)),
    giveUp,
    handover: (cluster, to) => {
      const from = peerOf(cluster, to)
      return databaseHandover({ from: from.name, to: to.name, source: databaseAddress(from) })
    },
    handedOver: (cluster) => [followers(database, cluster)],
    release: ({ nodes }) => [play('database left to heartbeat', nodes, () => [leftToHeartbeat])],
  }
}

/** Of the server that takes writes a restart would take them, so it waits for the next switchover. */
const restarted = handler(
  'the database takes its new configuration, unless it takes writes',
  sh`
    systemctl is-active --quiet mariadb.service || exit 0
    (
      ${readThreads()}
      [ "$read_only" = ON ] || exit 0
      systemctl restart mariadb.service
      [ $threads = stopped ] || mariadb -e 'START SLAVE'
    )`,
)

/**
 * @param {Replication} database
 * @param {Cluster} cluster
 */
function prepare(database, cluster) {
  const { nodes, home } = cluster
  const [first, second] = nodes.map(({ name }) => name)
  // One guard for both nodes: they are judged together, on the same evidence.
  const empty = seeding({ nodes: [first ?? '', second ?? ''] })
  const source = (/** @type {Node} */ node) => sourceFor(database, peerOf(cluster, node))
  return [
    play('database server', nodes, () => [service({ name: 'mariadb', running: true, enabled: true })]),
    play('replication account', nodes, (node) => accounts(database, cluster, isSource(node === home))),
    play('first copy of the database', nodes, (node) => [
      seed({ source: source(node) }, { when: isReplica(node === home), guard: empty, timeout: A_DAY }),
    ]),
    followers(database, cluster),
  ]
}

/**
 * Whichever node takes no writes follows the other one, as after each move of the service.
 *
 * @param {Replication} database
 * @param {Cluster} cluster
 */
function followers(database, cluster) {
  const { nodes, home } = cluster
  const [first, second] = nodes.map(({ name }) => name)
  const guard = following({ nodes: [first ?? '', second ?? ''] })
  return play('replication', nodes, (node) => [
    replica(
      { source: sourceFor(database, peerOf(cluster, node)) },
      { when: isReplica(node === home), guard },
    ),
  ])
}

/**
 * @param {Replication} database
 * @param {Cluster} cluster
 * @param {Node} node
 */
function back(database, cluster, node) {
  const peer = peerOf(cluster, node)
  return { node, peer, source: sourceFor(database, peer) }
}

/**
 * How a replica reaches the database of its peer.
 *
 * @param {Replication} database
 * @param {Node} peer
 */
export function sourceFor({ user, password }, peer) {
  return { host: databaseAddress(peer), user, password }
}

/**
 * Each node logs in at the other one, whichever is the source: the accounts replicate like all other data.
 *
 * @param {Replication} database
 * @param {Cluster} cluster
 * @param {import('runsheet').Condition} when
 */
function accounts({ user, password }, { nodes }, when) {
  return nodes.flatMap((node) => {
    const host = databaseAddress(node)
    return [
      mysqlUser({ user, host, password }, { when }),
      mysqlGrant({ user, host, privileges: PRIVILEGES }, { when }),
    ]
  })
}

/** Heartbeat has to find it stopped: where a resource runs already it starts none of those behind it. */
const leftToHeartbeat = command({
  name: 'the database is left to heartbeat',
  unless: sh`
    ${heartbeatRuns} || [ "$(${PROMOTE} status)" = stopped ]`,
  run: sh`${PROMOTE} stop`,
})

/**
 * @param {Replication} database
 * @param {Cluster} cluster
 * @param {Node} node
 */
export function settings({ semi_sync }, { nodes }, { name, vars }) {
  return template(new URL('../../templates/replication.cnf', import.meta.url), {
    name,
    server_id: vars.server_id ?? 0,
    offset: nodes.findIndex((one) => one.name === name) + 1,
    semi_sync: semi_sync ? 'ON' : 'OFF',
    semi_sync_timeout: 10_000,
  })
}

/**
 * @param {Replication} database
 * @param {Node} peer
 */
function peerLogin({ user, password }, peer) {
  return text`# Written by runsheet: how this node's client logs in to the database of its peer.
[client]
host = ${databaseAddress(peer)}
user = ${user}
password = "${password}"
`
}

/** @param {{ deadtime: number, tools: string }} heartbeat its deadtime in seconds, and where hb_takeover is */
export function promotionScript({ deadtime, tools }) {
  const url = new URL('../../templates/db-promote', import.meta.url)
  return template(url, { unknown_to: UNKNOWN_TO.text, deadtime, tools })
}

/**
 * Where a node's database is reached by its peer: on the link of the replication, where there is one.
 *
 * @param {Node} node
 */
export function databaseAddress({ vars }) {
  return vars.replication_address ?? vars.address
}

/**
 * @param {Cluster} cluster
 * @param {Node} node
 */
function peerOf({ nodes }, node) {
  const peer = nodes.find(({ name }) => name !== node.name)
  if (!peer) throw new TypeError('the rules have not been checked')
  return peer
}
