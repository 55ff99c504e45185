// MariaDB on both nodes, each with its own copy of the data: the one that heartbeat promotes takes writes, the other one
// follows it. Init runs both; what moves is the permission to write.
import { handler, play, sh, text } from 'runsheet'
import {
  following,
  PEER,
  PROMOTION,
  readThreads,
  replica,
  seed,
  seeding,
  UNKNOWN_TO,
} from 'runsheet/replication'
import { command, directory, file, mysqlGrant, mysqlUser, service, template } from 'runsheet/resources'
import { rejoin, replace } from './return.mjs'
import { isReplica, isSource } from './roles.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../cluster.mjs').State} State */
/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('../variables.mjs').Replication} Replication */

const ours = { owner: 'root', group: 'root' }
const SCRIPT = '/etc/ha.d/resource.d/db-promote'

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
export function replication(database, { packages, database: server }) {
  return {
    packages: [...packages.database, ...packages.backup],
    ports: [{ name: 'mysql', port: 3306 }],
    resources: ['db-promote'],
    state,
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
      file({ path: SCRIPT, content: promotionScript(), mode: '0755', ...ours }),
      directory({ path: PROMOTION, mode: '0700', ...ours }),
    ],
    prepare: (cluster) => prepare(database, cluster),
    replace: (cluster, node) => replace(back(database, cluster, node)),
    rejoin: (cluster, node) => rejoin(back(database, cluster, node)),
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
  const pair = { nodes: /** @type {const} */ ([first ?? '', second ?? '']) }
  // One guard for both nodes: they are judged together, on the same evidence.
  const [empty, fit] = [seeding(pair), following(pair)]
  const source = (/** @type {Node} */ node) => sourceFor(database, peerOf(cluster, node))
  return [
    play('database server', nodes, () => [service({ name: 'mariadb', running: true, enabled: true })]),
    play('replication account', nodes, (node) => accounts(database, cluster, isSource(node === home))),
    play('first copy of the database', nodes, (node) => [
      seed({ source: source(node) }, { when: isReplica(node === home), guard: empty }),
    ]),
    play('replication', nodes, (node) => [
      replica({ source: source(node) }, { when: isReplica(node === home), guard: fit }),
    ]),
  ]
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
    systemctl is-active --quiet heartbeat.service || [ "$(${SCRIPT} status)" = stopped ]`,
  run: sh`${SCRIPT} stop`,
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

export function promotionScript() {
  return template(new URL('../../templates/db-promote', import.meta.url), { unknown_to: UNKNOWN_TO.text })
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

/** @type {State} */
const state = {
  read: sh`
    database=down follows=none threads=stopped behind=unknown
    found=$(
    ${readThreads()}
    echo "$read_only $source $threads \${behind:-unknown}"
    ) 2>/dev/null || found=
    set -- $found
    case $# in 4)
      database=readable follows=$2 threads=$3 behind=$4
      [ "$1" = ON ] || database=writable ;;
    esac`,
  names: ['database', 'follows', 'threads', 'behind'],
  here: { database: 'writable' },
  elsewhere: { database: 'readable' },
  tell: ({ database, follows, threads, behind }) => [
    `database ${database}`,
    ...(database === 'readable' ? [telling(follows, threads, behind)] : []),
  ],
}

/**
 * @param {string | undefined} source
 * @param {string | undefined} threads
 * @param {string | undefined} behind
 */
function telling(source = 'none', threads = 'stopped', behind = 'unknown') {
  if (source === 'none') return 'follows nobody'
  if (threads === 'stopped') return `does not follow ${source}: its threads are stopped`
  return behind === 'unknown'
    ? `is not connected to ${source}`
    : `follows ${source}, ${behind} seconds behind`
}
