import { lines, raw, type Shell, sh } from '../shell/sh.ts'

/**
 * What the servers call the same thing, from the manuals of MySQL 5.1 to 8.4 (SQL statements for replication, "What Is
 * New") and MariaDB's knowledge base.
 */
export interface Dialect {
  /** Patterns of `case` for `mariadb X.Y.Z` or `mysql X.Y.Z`. */
  versions: readonly string[]
  /** The word for the one that follows: in START, STOP, SHOW … STATUS and RESET … ALL. */
  replica: 'SLAVE' | 'REPLICA'
  change: 'CHANGE MASTER TO' | 'CHANGE REPLICATION SOURCE TO'
  /** Before the names of its options. */
  source: 'MASTER' | 'SOURCE'
  /** The option by which it follows GTIDs; without it by file and position. */
  byGtid: string | undefined
  /** The same for a server that was a source itself. */
  afterWrites: string | undefined
  /** Has the server send the key that caching_sha2_password needs without TLS. */
  publicKey: string | undefined
  binlogStatus: 'SHOW MASTER STATUS' | 'SHOW BINARY LOG STATUS'
  /** Forgets the own history. */
  resetBinlog: 'RESET MASTER' | 'RESET BINARY LOGS AND GTIDS'
  /** Whether administrators can be kept from writing, too. */
  superReadOnly: boolean
  /** Options of a dump that has its loader know the position: as a statement (`=1`), or by the GTIDs that it holds. */
  dumpPosition: readonly string[]
  /** How a commit can wait for the peer: the words of its plugins or variables, and whether others see it only then. */
  semiSync: { words: 'master/slave' | 'source/replica'; plugin: boolean; afterSync: boolean } | undefined
}

const MYSQL_5_1: Dialect = {
  versions: ['mysql 5.[01].*'],
  replica: 'SLAVE',
  change: 'CHANGE MASTER TO',
  source: 'MASTER',
  byGtid: undefined,
  afterWrites: undefined,
  publicKey: undefined,
  binlogStatus: 'SHOW MASTER STATUS',
  resetBinlog: 'RESET MASTER',
  superReadOnly: false,
  dumpPosition: ['--master-data=1'],
  semiSync: undefined,
}
const PLUGIN = { words: 'master/slave', plugin: true, afterSync: false } as const
const MYSQL_5_5: Dialect = { ...MYSQL_5_1, versions: ['mysql 5.5.*'], semiSync: PLUGIN }
const MYSQL_5_6: Dialect = {
  ...MYSQL_5_5,
  versions: ['mysql 5.6.*'],
  byGtid: 'MASTER_AUTO_POSITION = 1',
  afterWrites: 'MASTER_AUTO_POSITION = 1',
  dumpPosition: ['--master-data=2', '--set-gtid-purged=ON'],
}
const MYSQL_5_7: Dialect = {
  ...MYSQL_5_6,
  versions: ['mysql 5.7.*'],
  superReadOnly: true,
  semiSync: { ...PLUGIN, afterSync: true },
}
const MYSQL_8_0: Dialect = {
  ...MYSQL_5_7,
  versions: ['mysql 8.0.[0-9]', 'mysql 8.0.1[0-9]', 'mysql 8.0.2[01]'],
  publicKey: 'GET_MASTER_PUBLIC_KEY = 1',
}
const MYSQL_8_0_22: Dialect = { ...MYSQL_8_0, versions: ['mysql 8.0.22'], replica: 'REPLICA' }
const MYSQL_8_0_23: Dialect = {
  ...MYSQL_8_0_22,
  versions: ['mysql 8.0.2[345]'],
  change: 'CHANGE REPLICATION SOURCE TO',
  source: 'SOURCE',
  byGtid: 'SOURCE_AUTO_POSITION = 1',
  afterWrites: 'SOURCE_AUTO_POSITION = 1',
  publicKey: 'GET_SOURCE_PUBLIC_KEY = 1',
}
const MYSQL_8_0_26: Dialect = {
  ...MYSQL_8_0_23,
  versions: ['mysql 8.0.*', 'mysql 8.1.*'],
  dumpPosition: ['--source-data=2', '--set-gtid-purged=ON'],
  semiSync: { words: 'source/replica', plugin: true, afterSync: true },
}
const MYSQL_8_2: Dialect = {
  ...MYSQL_8_0_26,
  versions: ['mysql [89].*'],
  binlogStatus: 'SHOW BINARY LOG STATUS',
  resetBinlog: 'RESET BINARY LOGS AND GTIDS',
}
const MARIADB_5_5: Dialect = { ...MYSQL_5_5, versions: ['mariadb 5.*'] }
const MARIADB_10_0: Dialect = {
  ...MARIADB_5_5,
  versions: ['mariadb 10.[012].*'],
  byGtid: 'MASTER_USE_GTID = slave_pos',
  // Before 10.10 the own transactions count by a position that takes both together.
  afterWrites: 'MASTER_USE_GTID = current_pos',
  dumpPosition: ['--master-data=1', '--gtid'],
  // AFTER_SYNC came with 10.1.3.
  semiSync: { ...PLUGIN, afterSync: true },
}
const MARIADB_10_3: Dialect = {
  ...MARIADB_10_0,
  versions: ['mariadb 10.[3-9].*'],
  semiSync: { words: 'master/slave', plugin: false, afterSync: true },
}
const MARIADB_10_10: Dialect = {
  ...MARIADB_10_3,
  versions: ['mariadb 1[0-9].*'],
  afterWrites: 'MASTER_USE_GTID = slave_pos, MASTER_DEMOTE_TO_SLAVE = 1',
}

/** The first one whose pattern fits is meant. */
export const dialects: readonly Dialect[] = [
  ...[MARIADB_5_5, MARIADB_10_0, MARIADB_10_3, MARIADB_10_10],
  ...[MYSQL_5_1, MYSQL_5_5, MYSQL_5_6, MYSQL_5_7],
  ...[MYSQL_8_0, MYSQL_8_0_22, MYSQL_8_0_23, MYSQL_8_0_26, MYSQL_8_2],
]

/**
 * Sets the words of the server whose `VERSION()` is in `$version`: `replica`, `change`, `prefix`, `by_gtid`,
 * `after_writes`, `public_key`, `binlog_status`, `reset_binlog` and `dump_position`; what it has not is empty. A server that no
 * dialect knows ends the shell.
 */
export const SPEAK: Shell = sh`
  case $version in
  *MariaDB*) server="mariadb \${version%%-*}" ;;
  *) server="mysql \${version%%-*}" ;;
  esac
  case $server in
  ${lines(dialects.map((dialect) => sh`${pattern(dialect)}) ${words(dialect)} ;;`))}
  *) echo "nothing is known of the replication of $server" >&2; exit 1 ;;
  esac`

/** In a pattern the blank is quoted, and everything else is as it stands. */
function pattern({ versions }: Dialect): Shell {
  return raw(versions.map((version) => version.replace(' ', '\\ ')).join(' | '))
}

function words(dialect: Dialect): Shell {
  const all = {
    replica: dialect.replica,
    change: dialect.change,
    prefix: dialect.source,
    by_gtid: dialect.byGtid,
    after_writes: dialect.afterWrites,
    public_key: dialect.publicKey,
    binlog_status: dialect.binlogStatus,
    reset_binlog: dialect.resetBinlog,
    dump_position: dialect.dumpPosition.join(' '),
  }
  return lines(
    Object.entries(all).map(([name, word = '']) => sh`${raw(name)}=${word}`),
    ' ',
  )
}

/** A condition of SQL: SHOW SLAVE STATUS is understood; SHOW REPLICA STATUS came with MySQL 8.0.22. */
export const OLD_STATUS =
  "VERSION() LIKE '%MariaDB%' OR VERSION() REGEXP '^(5[.]|8[.]0[.](1?[0-9]|2[01])([^0-9]|$))'"
