// A physical copy of a running database, offered to one address as a stream.
import { sh } from 'runsheet'
import { COPY_PORT } from 'runsheet/replication'
import { command } from 'runsheet/resources'

const UNIT = 'runsheet-copy'

/** Seconds until an offer that nobody takes up ends. */
const OPEN = 600

/**
 * mariadb-backup(1) starts when the replica connects. It locks tables of others than InnoDB while it reads them, and DDL for
 * a moment at its end. The unit ends with the stream.
 *
 * @param {{ address: string, to: string }} offer
 */
export function offered({ address, to }) {
  const listen = `TCP-LISTEN:${COPY_PORT},bind=${address},range=${to}/32,reuseaddr,accept-timeout=${OPEN}`
  const backup =
    'EXEC:mariadb-backup --backup --stream=mbstream --user=root --target-dir=/var/lib/db-promote/offer'
  return command(
    {
      name: `a copy of the database is offered to ${to}`,
      unless: sh`systemctl is-active --quiet ${`${UNIT}.service`}`,
      run: sh`systemd-run --quiet --collect ${`--unit=${UNIT}`} socat -U ${listen} ${backup}`,
      needs: ['socat', 'mariadb-backup'],
    },
    { when: unfollowed(to) },
  )
}

/**
 * A replica that reads is left alone, so it needs no copy. One that went away is missed within seconds, by the heartbeats
 * that its source sends it.
 *
 * @param {string} replica its address
 * @returns {import('runsheet').Condition}
 */
function unfollowed(replica) {
  const readers = `SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%' AND HOST LIKE '${replica}:%'`
  return {
    otherwise: `the database of ${replica} reads from this one`,
    test: sh`
      readers=$(mariadb --batch --skip-column-names -e ${readers}) || exit 75
      [ "$readers" = 0 ]`,
  }
}
