import { ask } from '../resources/mysql-client.ts'
import { eachLine, fail } from '../resources/snippets.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { askPeer } from './peer.ts'
import { changeSource } from './replica.ts'
import { adoptHistory, CHARACTER, markIncomplete, type Seed, unmarkIncomplete } from './seed.ts'

/** Where the source offers a physical copy of its data: the port that clusters of Galera use for the same. */
export const COPY_PORT = 4444

/**
 * Fetches a physical copy that the source offers, as a stream of mariadb-backup(1), and puts it in place of the own data; its
 * threads are started by `replica`. Until the copy is whole and prepared, the old data stay as they are.
 */
export function copied({ source, login, peer }: Seed, port = COPY_PORT): Shell {
  return sh`
    ${askPeer(sh`${CHARACTER}`, peer)}
    state=
    ${eachLine(sh`$said`, sh`case $1 in state:) state=\${2-} ;; esac`)}
    ${ask(login, sh`'SELECT @@datadir AS folder\\G'`)}
    ${eachLine(sh`$said`, sh`case $1 in folder:) data=\${row#*: } ;; esac`)}
    data=\${data%/} copy=\${data%/}.copy
    [ "$(stat -c %d "$data")" = "$(stat -c %d "$data/..")" ] ||
      ${fail(sh`"$data"`, ' is a file system of its own: there is no place beside it, take method=dump')}
    ${fetch(source.host, port)}
    ${markIncomplete(source)}
    systemctl stop mariadb
    rm -rf "$data.away"
    mv "$data" "$data.away"
    mv "$copy" "$data"
    systemctl start mariadb
    rm -rf "$data.away"
    ${ask(login, lines([sh`"$reset_binlog; SET GLOBAL gtid_slave_pos = '$position'; "`, changeSource(source, sh`"$by_gtid"`)], ''))}
    ${adoptHistory(login)}
    ${unmarkIncomplete}`
}

/** Sets `position`, the last transaction of the copy. The names of its files changed with MariaDB 11.1. */
function fetch(host: string, port: number): Shell {
  return sh`
    rm -rf "$copy"
    mkdir -m 0700 "$copy"
    codes=$({
      { socat -u ${`TCP:${host}:${port},retry=10,interval=1`} STDOUT; echo $? >&3; } | mbstream -x -C "$copy" >&2
      echo $? >&3
    } 3>&1)
    [ "$codes" = '0
    0' ] && mariadb-backup --prepare --target-dir="$copy" > "$copy.log" 2>&1 || {
      [ ! -s "$copy.log" ] || tail -n 5 "$copy.log" >&2
      rm -rf "$copy"
      ${fail('the copy of the source did not arrive whole; the own data are as they were')}
    }
    position=
    for info in "$copy/xtrabackup_binlog_info" "$copy/mariadb_backup_binlog_info"; do
      [ ! -s "$info" ] || read -r _ _ position < "$info"
    done
    [ -n "$position" ] || ${fail('the copy does not tell its transaction: has the source a binary log?')}
    chown -R "$(stat -c %u:%g "$data")" "$copy"
    chmod "$(stat -c %a "$data")" "$copy"
    rm -f "$copy.log"`
}
