// MariaDB with its data on the shared storage: one copy, used by the active node alone.
import { sh } from 'runsheet'
import { command, file, template } from 'runsheet/resources'
import { storageHere } from './conditions.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */
/** @typedef {import('./variables.mjs').Node} Node */

/** The same shape as an application's, since the cluster treats it alike. */
export const database = {
  service: { unit: 'mariadb', check: 'mariadb-admin --silent ping' },
  group: { name: 'mysql', gid: 306 },
  user: { name: 'mysql', uid: 306, group: 'mysql', groups: [], home: '/nonexistent' },
}

/** @param {Cluster} cluster */
function datadir({ storage }) {
  return `${storage.mount}/mysql`
}

/** @param {Cluster} cluster */
export function databaseConfiguration(cluster) {
  return file({
    path: '/etc/mysql/mariadb.conf.d/90-cluster.cnf',
    content: databaseSettings(cluster),
    mode: '0644',
    owner: 'root',
    group: 'root',
  })
}

/** @param {Cluster} cluster */
export function databaseSettings(cluster) {
  return template(new URL('../templates/mariadb.cnf', import.meta.url), { datadir: datadir(cluster) })
}

/**
 * The system tables, complete or not at all: they get their name when they are finished. The root of the
 * database is the root of the node, by unix_socket.
 *
 * @param {Cluster} cluster
 * @param {Node} node
 */
export function systemTables(cluster, node) {
  const path = datadir(cluster)
  return command(
    {
      name: `system tables of MariaDB in ${path}`,
      unless: sh`[ -d ${`${path}/mysql`} ]`,
      run: sh`
        rm -rf ${`${path}.new`}
        install -d -o mysql -g mysql -m 0700 ${`${path}.new`}
        mariadb-install-db --user=mysql --datadir=${`${path}.new`} --cross-bootstrap --rpm \\
          --skip-test-db --auth-root-authentication-method=socket </dev/null >/dev/null
        mv -T ${`${path}.new`} ${path}`,
    },
    { when: storageHere(cluster, node) },
  )
}
