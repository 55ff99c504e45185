// Who may use the database over the network.
import { mysqlDatabase, mysqlGrant, mysqlUser } from 'runsheet/resources'
import { activeHere } from '../active.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Account} Account */

/**
 * @param {readonly Account[]} accounts
 * @param {string} vip
 * @returns {Component[]}
 */
export function accounts(accounts, vip) {
  if (accounts.length === 0) return []
  // Only the active node may be written to, whether the other one has a server or not.
  const when = activeHere(vip, 'the database is not active here')
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
