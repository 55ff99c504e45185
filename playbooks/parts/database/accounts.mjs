// Who may use the database over the network.
import { sh } from 'runsheet'
import { mysqlDatabase, mysqlGrant, mysqlUser } from 'runsheet/resources'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Account} Account */

/**
 * @param {readonly Account[]} accounts
 * @param {string} vip
 * @returns {Component[]}
 */
export function accounts(accounts, vip) {
  if (accounts.length === 0) return []
  const when = activeHere(vip)
  const databases = [...new Set(accounts.map(({ database }) => database))]
  return [
    {
      settle: () => [
        ...databases.map((name) => mysqlDatabase({ name }, { when })),
        ...accounts.flatMap(({ user, password, database, from }) =>
          from.flatMap((host) => [
            mysqlUser({ user, host, password }, { when }),
            mysqlGrant({ user, host, database, privileges: ['ALL PRIVILEGES'] }, { when }),
          ]),
        ),
      ],
    },
  ]
}

/**
 * Only the active node may be written to, whether the other one has a server or not.
 *
 * @param {string} vip
 * @returns {import('runsheet').Condition}
 */
function activeHere(vip) {
  return {
    otherwise: 'the database is not active here',
    test: sh`
      [ -z "$(ip -oneline -4 address show to ${vip})" ] || exit 0
      ! systemctl is-active --quiet heartbeat.service || exit 1
      echo 'heartbeat starts the database in an earlier task' >&2
      exit 75`,
  }
}
