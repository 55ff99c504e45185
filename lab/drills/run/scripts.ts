import { commandLine } from '../../host/run.ts'
import { table } from '../ledger/table.ts'
import type { Cluster } from '../scene.ts'

// Loops of root's sh in a guest that answer each line with one. A fork costs an emulated guest 5 ms, so the first
// one reads /proc and /sys by what the shell has built in.

const quote = (word: string): string => commandLine([word])

/** Where the file writer of a cluster appends; the folder is there exactly where the file system is mounted. */
export const ledgerFolder = ({ mount }: Cluster): string => `${mount}/.ledger`

/** Answers each tick with the line that parseSample reads. Pure. */
export const sampler = ({ vip, mount, units, resource }: Cluster): string => `
  read -r boot </proc/sys/kernel/random/boot_id
  own_minor=$(drbdadm sh-minor ${quote(resource)} 2>/dev/null)
  while read -r tick; do
    vip=0 own='' mount=0 cs='' ro='' ds='' units=''
    while read -r mark address kind; do
      case $mark in
        '|--') own=$address ;;
        /32) [ "$own $address $kind" != ${quote(`${vip} host LOCAL`)} ] || vip=1 ;;
      esac
    done </proc/net/fib_trie
    while read -r device point rest; do
      [ "$point" != ${quote(mount || '-')} ] || mount=1
    done </proc/mounts
    [ ! -r /proc/drbd ] || while read -r minor rest; do
      [ "$minor" = "$own_minor:" ] || continue
      for word in $rest; do
        case $word in cs:*) cs=\${word#cs:} ;; ro:*) ro=\${word#ro:} ;; ds:*) ds=\${word#ds:} ;; esac
      done
    done </proc/drbd
    for unit in ${units.map(quote).join(' ')}; do
      for folder in /sys/fs/cgroup /sys/fs/cgroup/systemd; do
        [ ! -d "$folder/system.slice/$unit.service" ] || { units=$units,$unit; break; }
      done
    done
    read -r up rest </proc/uptime
    echo "vip=$vip mount=$mount cs=$cs ro=$ro ds=$ds units=\${units#,} boot=$boot up=\${up%.*}"
  done`

/**
 * Answers each tick with the line that parseDatabase reads: `gone` where nobody listens at the socket (error 2002 of
 * mariadb(1)), and `silent` where somebody does and gives no answer.
 */
export const databaseSampler = `
  while read -r tick; do
    read_only='' io='' sql=''
    shown=$(mariadb --connect-timeout=5 -e 'SELECT @@global.read_only\\G SHOW SLAVE STATUS\\G' 2>&1)
    while read -r name value; do
      case $name in
        @@global.read_only:) read_only=$value ;;
        Slave_IO_Running:) io=$value ;;
        Slave_SQL_Running:) sql=$value ;;
      esac
    done <<END
$shown
END
    case \${read_only:-$shown} in
      [01]) echo "read_only=$read_only io=$io sql=$sql" ;;
      *'ERROR 2002 '*) echo gone ;;
      *) echo silent ;;
    esac
  done`

/**
 * Appends each id that comes to the file on a line of its own, whatever stands before it: a disk that fills up takes the first
 * digits of an id alone. Answers \`ok ID NODE\` once it is on the disk, or \`no ID\`. Pure.
 */
export const fileWriter = (cluster: Cluster, node: string): string => {
  const folder = quote(ledgerFolder(cluster))
  return `
  while read -r id; do
    if [ -d ${folder} ] && printf '\\n%s\\n' "$id" >>${folder}/files && sync ${folder}/files; then echo "ok $id "${quote(node)}; else echo "no $id"; fi
  done 2>/dev/null`
}

/** What the witness knows of the account; the password is in it, so it comes by stdin. */
export const accountFile = '/root/.ledger.cnf'

/** What stands in it. Pure. */
export const accountText = (password: string): string =>
  `[client]\nuser=ledger\npassword="${password.replaceAll('\\', '\\\\')}"\n`

/** How the witness reaches the database at the address of the service. Pure. */
export const fromWitness = (vip: string): string[] => [
  `--defaults-file=${accountFile}`,
  `--host=${vip}`,
  '--connect-timeout=3',
]

/**
 * Sends each statement that comes to a database, and answers what it answers; after a lost connection it begins anew.
 * It ends with its input. Pure.
 *
 * @param connection words of mariadb(1)
 */
export const rowWriter = (connection: readonly string[]): string => `
  until ${commandLine(['mariadb', ...connection])} --unbuffered --batch --skip-column-names 2>/dev/null; do
    echo down
    sleep 0.5
  done`

/** The statement for an id: its number comes back only after the COMMIT, with the node that made it. Pure. */
export const rowStatement = (id: number): string =>
  `INSERT INTO ${table} VALUES (${id}); SELECT ${id}, @@hostname;`

// Of the whole machine, since the client has no such limit of its own: tcp(7).
const impatience = {
  'net.ipv4.tcp_retries2': 3,
  'net.ipv4.tcp_keepalive_time': 3,
  'net.ipv4.tcp_keepalive_intvl': 1,
  'net.ipv4.tcp_keepalive_probes': 3,
}

/** What the machine had before; a boot forgets both. */
const patience = '/run/runsheet-drills.sysctl'

/** Has the witness give up a connection to a node that is gone after seconds, not minutes. */
export const beImpatient = [
  `{ [ -e ${patience} ] || sysctl ${Object.keys(impatience).join(' ')} >${patience}; }`,
  `sysctl -q -w ${Object.entries(impatience)
    .map((pair) => pair.join('='))
    .join(' ')}`,
].join(' && ')

/** Ends that, with what was there before. */
export const bePatient = `[ ! -e ${patience} ] || { sysctl -q -p ${patience} && rm ${patience}; }`
