import type { MysqlLogin } from '../resources/index.ts'
import { ask } from '../resources/mysql-client.ts'
import { eachLine, fail } from '../resources/snippets.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { UNKNOWN_TO } from './gtid.ts'
import { askPeer } from './peer.ts'
import { changeSource, readThreads } from './replica.ts'
import { adoptHistory, CHARACTER, INCOMPLETE, markIncomplete, markWhole, type Seed } from './seed.ts'

/** Where the source offers a physical copy of its data: the port that clusters of Galera use for the same. */
export const COPY_PORT = 4444

/**
 * Fetches a physical copy that the source offers, as a stream of mariadb-backup(1), and puts it in place of the own data; its
 * threads are started by `replica`. Until the copy is whole and prepared, the old data stay as they are. Needs what
 * `readThreads` has set.
 */
export function copied({ source, login, peer }: Seed): Shell {
  return sh`
    had=$written
    ${askPeer(sh`${CHARACTER}`, peer)}
    state=
    ${eachLine(sh`$said`, sh`case $1 in state:) state=\${2-} ;; esac`)}
    ${ask(login, sh`'SELECT @@datadir AS folder\\G'`)}
    ${eachLine(sh`$said`, sh`case $1 in folder:) data=\${row#*: } ;; esac`)}
    data=\${data%/} copy=\${data%/}.copy
    [ "$(stat -c %d "$data")" = "$(stat -c %d "$data/..")" ] ||
      ${fail(sh`"$data"`, ' is a file system of its own: there is no place beside it, take method=dump')}
    half=no
    [ ! -e ${INCOMPLETE} ] || half=yes
    ${fetch(source.host)}
    ${markIncomplete(source)}
    ${prepare()}
    ${stillPassive(login)} || ${giveUp('this database has taken writes since the copy began, or does not tell: they would be gone')}
    systemctl stop mariadb
    rm -rf "$data.away"
    mv "$data" "$data.away"
    mv "$copy" "$data"
    ${LABELLED}
    systemctl start mariadb
    rm -rf "$data.away"
    ${ask(login, lines([sh`"$reset_binlog; SET GLOBAL gtid_slave_pos = '$position'; "`, changeSource(source, sh`"$by_gtid"`)], ''))}
    ${adoptHistory(login)}
    ${markWhole}`
}

/** A source that has lost its power says nothing, and is missed after a minute. */
const ALIVE = 'keepalive,keepidle=10,keepintvl=10,keepcnt=5'

/** A shell that is to end at a failure would end before it tells the codes of both. */
function fetch(host: string): Shell {
  const source = `TCP:${host}:${COPY_PORT},retry=10,interval=1,${ALIVE}`
  return sh`
    rm -rf "$copy"
    mkdir -m 0700 "$copy"
    codes=$({
      set +e
      { socat -u ${source} STDOUT; echo $? >&3; } | mbstream -x -C "$copy" >&2
      echo $? >&3
    } 3>&1)
    [ "$codes" = '0
    0' ] || ${giveUp('the copy of the source did not arrive whole; the own data are as they were')}`
}

/** Sets `position`, the last transaction of the copy. The names of its files changed with MariaDB 11.1. */
function prepare(): Shell {
  return sh`
    mariadb-backup --prepare --target-dir="$copy" > "$copy.log" 2>&1 || {
      tail -n 5 "$copy.log" >&2
      ${giveUp('the copy of the source cannot be made ready; the own data are as they were')}
    }
    position=
    for info in "$copy/xtrabackup_binlog_info" "$copy/mariadb_backup_binlog_info"; do
      [ ! -s "$info" ] || read -r _ _ position < "$info"
    done
    [ -n "$position" ] || ${giveUp('the copy does not tell its transaction: has the source a binary log?')}
    chown -R "$(stat -c %u:%g "$data")" "$copy"
    chmod "$(stat -c %a "$data")" "$copy"
    rm -f "$copy.log"`
}

/**
 * The guard has seen it hours ago. From when the copy was here nobody is promoted any more (`incomplete`), but one may have
 * been before; then what was written here since bears the server's own number.
 */
function stillPassive(login: MysqlLogin | undefined): Shell {
  return sh`(
    ${UNKNOWN_TO}
    ${readThreads(login)}
    [ "$read_only" = ON ] || exit 1
    case $(unknown_to "$written" "$had") in *-"$id"-*) exit 1 ;; esac
    )`
}

/** Ends it with nothing left of the copy. Old data that were whole may be promoted again. */
function giveUp(why: string): Shell {
  return sh`{
      rm -rf "$copy" "$copy.log"
      [ $half = yes ] || rm -f ${INCOMPLETE}
      ${fail(why)}
    }`
}

/** What is moved keeps the label of where it was made, and SELinux would keep the server from its own data. */
const LABELLED = sh`! command -v restorecon > /dev/null || restorecon -R "$data"`
