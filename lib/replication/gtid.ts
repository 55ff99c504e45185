import { raw, type Shell } from '../shell/sh.ts'

/** Transactions that a server wrote itself, by MariaDB's GTID: `domain-server-sequence`. */
export interface Transactions {
  domain: number
  server: number
  /** The first and the last sequence number. */
  first: bigint
  last: bigint
}

interface Gtid {
  domain: number
  server: number
  sequence: bigint
}

/**
 * Reads a list of GTIDs as `gtid_binlog_state` and `gtid_slave_pos` have it.
 *
 * @throws TypeError where it is not understood, which must not be taken for an empty history
 */
export function parseGtids(text: string): Gtid[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
    .map((word) => {
      const [, domain, server, sequence] = /^(\d+)-(\d+)-(\d+)$/.exec(word) ?? []
      if (sequence === undefined) throw new TypeError(`'${word}' is no GTID of MariaDB`)
      return { domain: Number(domain), server: Number(server), sequence: BigInt(sequence) }
    })
}

/**
 * Transactions of one history that another one does not reach. Sequence numbers of a domain rise on every server
 * (`gtid_strict_mode`), so that for each domain and server the last one tells.
 *
 * @param theirs `gtid_binlog_state` of the one
 * @param ours `gtid_binlog_state` and `gtid_slave_pos` of the other, joined by a comma
 */
export function unknownTo(theirs: string, ours: string): Transactions[] {
  const known = parseGtids(ours)
  return parseGtids(theirs).flatMap(({ domain, server, sequence }) => {
    const reached = known
      .filter((one) => one.domain === domain && one.server === server)
      .reduce((most, one) => (one.sequence > most ? one.sequence : most), 0n)
    return sequence > reached ? [{ domain, server, first: reached + 1n, last: sequence }] : []
  })
}

/** `0-1-99` or `0-1-99..104`. */
export function describeTransactions({ domain, server, first, last }: Transactions): string {
  return `${domain}-${server}-${first}${first === last ? '' : `..${last}`}`
}

/** The same as a function of the shell, `unknown_to THEIRS OURS`; it prints them as `describeTransactions` does. */
export const UNKNOWN_TO: Shell = raw(`\
unknown_to() {
  IFS=', ' missing=
  for gtid in $1; do
    reached=0
    for known in $2; do
      [ "\${known%-*}" != "\${gtid%-*}" ] || [ "\${known##*-}" -le "$reached" ] || reached=\${known##*-}
    done
    [ "\${gtid##*-}" -gt "$reached" ] || continue
    first=$((reached + 1))
    missing="\${missing:+$missing }\${gtid%-*}-$first"
    [ "$first" -eq "\${gtid##*-}" ] || missing=$missing..\${gtid##*-}
  done
  unset IFS
  printf '%s\\n' "$missing"
}`)
