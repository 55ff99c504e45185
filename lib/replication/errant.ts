import { defineResource } from '../resource/contract.ts'
import { isPath, problemsOf } from '../resources/checks.ts'
import type { MysqlLogin } from '../resources/index.ts'
import { ask, loginProblems } from '../resources/mysql-client.ts'
import { eachLine, fail } from '../resources/snippets.ts'
import { lines, raw, type Shell, sh } from '../shell/sh.ts'
import { UNKNOWN_TO } from './gtid.ts'
import { askPeer, PROMOTION } from './peer.ts'

/** Where transactions that only one node has are kept, one file each: `0-1-9..13.sql`; see `markGivenUp` for later names. */
export const ERRANT = `${PROMOTION}/errant`

/**
 * The transactions that only this node's database has, saved from its binary log before they are given up: what
 * mariadb-binlog(1) prints of them, to be read (`###` lines) and to be loaded again. Nothing else is changed.
 *
 * @example errantSaved({})
 */
export interface ErrantSaved {
  /** By default `ERRANT`. */
  folder?: string
  login?: MysqlLogin
  /** By which the client reaches the peer; by default `PEER`. */
  peer?: string
}

/** @see ErrantSaved */
export const errantSaved = defineResource<ErrantSaved>({
  kind: 'errant-saved',
  id: ({ folder = ERRANT }) => folder,
  problems: ({ folder = ERRANT, login }) => [
    ...problemsOf([isPath(folder), `the path of a folder is absolute: ${folder}`]),
    ...loginProblems(login),
  ],
  probe: (want) => sh`
    ${findUnsaved(want)}
    echo "unsaved \${unsaved:-none}"
  `,
  expect: () => ({ unsaved: 'none' }),
  apply: (want) => sh`
    ${findUnsaved(want)}
    ${ask(want.login, sh`${FILES}`)}
    log= files=
    ${eachLine(sh`$said`, sh`case $1 in basename:) log=$2 ;; Log_name:) files="$files \${log%/*}/$2" ;; esac`)}
    mkdir -p -m 0700 ${want.folder ?? ERRANT}
    for range in $unsaved; do
      ${save(want.folder ?? ERRANT)}
    done
  `,
})

const FILES = 'SELECT @@log_bin_basename AS basename\\G SHOW BINARY LOGS\\G'

/** Sets `unsaved`: those that have no file. */
export function findUnsaved({ folder = ERRANT, login, peer }: ErrantSaved): Shell {
  return sh`
    ${readHistories(login, peer)}
    unsaved=
    for range in $(unknown_to "$my_state" "$its_state,$its_position"); do
      [ -s ${folder}/"$range.sql" ] || unsaved="$unsaved\${unsaved:+ }$range"
    done`
}

/**
 * Adds the time to the names of what was saved, right before the data with it are given up: the history that follows counts on
 * from that of the source, so that the same numbers may come again, with something else in them that is not saved yet.
 */
export function markGivenUp(folder = ERRANT): Shell {
  return sh`
    now=$(date -u +%Y-%m-%dT%H%M%SZ)
    for saved in ${folder}/*[0-9].sql; do
      [ ! -e "$saved" ] || mv "$saved" "\${saved%.sql}.$now.sql"
    done`
}

/** From `$files` into the file of `$range`, which is there whole or not at all. */
function save(folder: string): Shell {
  return sh`
    first=\${range%%..*} last=\${range##*[-.]}
    origin=\${first%-*}
    before=$((\${first##*-} - 1))
    tmp=${folder}/.new
    mariadb-binlog --no-defaults -v --server-id="\${origin#*-}" --start-position="$origin-$before" \\
      --stop-position="$origin-$last" $files > "$tmp"
    grep -q "gtid_seq_no=$last[*]" "$tmp" ||
      ${fail(sh`"$range"`, ' is not in the binary log any more: it cannot be saved')}
    sync "$tmp"
    mv "$tmp" ${folder}/"$range.sql"`
}

const HISTORY = 'SELECT @@server_id AS id, @@gtid_binlog_state AS state, @@gtid_slave_pos AS position\\G'

/**
 * Defines `unknown_to`, and sets `id`, `state` and `position` of both servers, after `my_` and `its_`. The peer is asked last:
 * what has come from it by then is known there, though it writes on.
 */
export function readHistories(login: MysqlLogin | undefined, peer: string | undefined): Shell {
  return sh`
    ${UNKNOWN_TO}
    ${ask(login, sh`${HISTORY}`)}
    ${readHistory('my')}
    ${askPeer(sh`${HISTORY}`, peer)}
    ${readHistory('its')}`
}

function readHistory(whose: 'my' | 'its'): Shell {
  const set = (name: string) => sh`${name}:) ${raw(`${whose}_${name}`)}=\${2-} ;;`
  return eachLine(
    sh`$said`,
    sh`
      case $1 in
      ${lines(['id', 'state', 'position'].map(set))}
      esac`,
  )
}
