import { ask } from '../resources/mysql-client.ts'
import { eachLine } from '../resources/snippets.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { askPeer } from './peer.ts'
import type { Seed } from './seed.ts'

/** In MiB, as the source counts it; files are a little larger. */
const SIZE =
  'SELECT ROUND(SUM(DATA_LENGTH + INDEX_LENGTH) / 1048576) AS size FROM information_schema.TABLES\\G'

/** Prints how much of the source's data is here already; nothing while the server is down. */
export function howFull({ login, peer }: Seed): Shell {
  return sh`
    ${askPeer(sh`${SIZE}`, peer)}
    ${eachLine(sh`$said`, sh`case $1 in size:) size=$2 ;; esac`)}
    ${ask(login, sh`'SELECT @@datadir AS folder\\G'`)}
    ${eachLine(sh`$said`, sh`case $1 in folder:) folder=\${row#*: } ;; esac`)}
    folder=\${folder%/}
    [ ! -d "$folder.copy" ] || folder=$folder.copy
    set -- $(du -smc "$folder"/*/ | tail -n 1)
    echo "$1 of about $size MiB"`
}
