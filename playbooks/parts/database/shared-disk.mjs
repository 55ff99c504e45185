// MariaDB with its data on the shared storage: one copy, used by the active node alone.
import { lines, play, raw, sh } from 'runsheet'
import { command, file, template } from 'runsheet/resources'
import { storageHere } from '../storage/conditions.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Account} Account */
/** @typedef {import('../variables.mjs').Storage} Storage */
/** @typedef {import('../platforms/index.mjs').Platform} Platform */

/** Its user has the same number on both nodes, since it owns files that both see. */
export const account = {
  group: { name: 'mysql', gid: 306 },
  user: { name: 'mysql', uid: 306, group: 'mysql', groups: [], home: '/nonexistent' },
}

/**
 * @param {Storage} storage
 * @param {readonly Account[]} accounts
 * @param {Platform} platform
 * @returns {Component}
 */
export function sharedDisk(storage, accounts, { packages, database: server }) {
  return {
    packages: packages.database,
    ports: accounts.length > 0 ? [{ name: 'mysql', port: 3306 }] : [],
    contexts: server.context ? [{ path: datadir(storage), type: server.context }] : [],
    groups: [account.group],
    users: [account.user],
    services: [{ unit: 'mariadb', check: `${server.admin} --silent ping` }],
    configuration: () => [
      file({
        path: server.settings,
        content: databaseSettings(storage, accounts),
        mode: '0644',
        owner: 'root',
        group: 'root',
      }),
    ],
    prepare: ({ nodes, home }) => [
      play('database on the shared storage', nodes, (node) => [systemTables(storage, server, node === home)]),
    ],
  }
}

/**
 * @param {Storage} storage
 * @param {readonly Account[]} accounts
 */
export function databaseSettings(storage, accounts) {
  return template(new URL('../../templates/mariadb.cnf', import.meta.url), {
    datadir: datadir(storage),
    network: accounts.length > 0 ? OPEN : '',
  })
}

/** The VIP comes after the server, which could not bind to it alone. */
const OPEN = `
# Accounts are known by their address, and nobody waits for a name server.
bind-address = 0.0.0.0
skip-name-resolve = 1
`

/** @param {Storage} storage */
function datadir({ mount }) {
  return `${mount}/mysql`
}

/**
 * The system tables, complete or not at all: they get their name when they are finished. The root of the
 * database is the root of the node, by unix_socket.
 *
 * @param {Storage} storage
 * @param {Platform['database']} server
 * @param {boolean} isHome
 */
function systemTables(storage, { install, context }, isHome) {
  const path = datadir(storage)
  return command(
    {
      name: `system tables of MariaDB in ${path}`,
      unless: sh`[ -d ${`${path}/mysql`} ]`,
      run: sh`
        rm -rf ${`${path}.new`}
        install -d -o mysql -g mysql -m 0700 ${`${path}.new`}
        ${raw(install)} --user=mysql --datadir=${`${path}.new`} </dev/null >/dev/null
        mv -T ${`${path}.new`} ${path}
        ${lines(context ? [sh`restorecon -R ${path}`] : [])}`,
    },
    { when: storageHere(storage, isHome) },
  )
}
