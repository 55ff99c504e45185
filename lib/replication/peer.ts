import { CANNOT_TELL } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'

/** An option file of root by which a node's client logs in to the database of its peer. */
export const PEER = '/etc/ha.d/db-peer.cnf'

/** What the promotion of a node's database remembers: `promoted`, `vouched`, `stopped`, `incomplete` and others. */
export const PROMOTION = '/var/lib/db-promote'

/**
 * Asks the peer's database and sets `said`; one that does not answer is a state that cannot be told.
 *
 * @param statements a shell word
 */
export function askPeer(statements: Shell, file: string = PEER): Shell {
  return sh`
    client=mariadb
    command -v mariadb > /dev/null || client=mysql
    said=$("$client" ${`--defaults-file=${file}`} --batch --connect-timeout=10 -e ${statements} 2>&1) || {
      printf 'the database of the peer does not answer: %s\\n' "$said" >&2
      exit ${CANNOT_TELL}
    }`
}

/** Moves the permission to write to a node's database and away from it, and says who has it; see its head. */
export const PROMOTE = '/etc/ha.d/resource.d/db-promote'
