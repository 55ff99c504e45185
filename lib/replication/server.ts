import type { MysqlLogin } from '../resources/index.ts'
import { ask } from '../resources/mysql-client.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { OLD_STATUS } from './dialect.ts'

/** A server as it sees itself: may it be written, whom does it follow, and what does its history hold. */
export interface Server {
  /** Such as `10.11.19-MariaDB`. */
  version: string
  id: number
  readOnly: boolean
  /** Of MariaDB: the last transaction of each server in the own binary log. */
  binlogState: string
  /** Of MariaDB: up to where it has replicated. */
  slavePosition: string
  /** Of MySQL: all transactions that were executed. */
  executed: string
  /** Whom it follows, where that is configured. */
  replica: Replica | undefined
}

/** The threads of a replica. */
export interface Replica {
  /** Address of the source. */
  source: string
  /** `Yes`, `No`, `Connecting`, `Preparing`. */
  io: string
  /** `Yes` or `No`. */
  sql: string
  /** What each of them stumbled over, or empty. */
  ioError: string
  sqlError: string
  /** Seconds that what is applied now is older than when it was written; undefined where nothing is applied. */
  behind: number | undefined
}

const VARIABLES = [
  'version',
  'server_id',
  'read_only',
  'gtid_binlog_state',
  'gtid_slave_pos',
  'gtid_executed',
]

const STATUS = ['master', 'source'].flatMap((word) => [
  `Rpl_semi_sync_${word}_status`,
  `Rpl_semi_sync_${word}_clients`,
])

/**
 * The question of a guard or a fact, in one batch of the client; the server itself picks the statement that its
 * version understands. Exit code 75 where it is down. `readServer` reads the answer.
 */
export function describeServer(login?: MysqlLogin): Shell {
  return sh`
    ${askServer(login)}
    printf '%s\\n' "$said"`
}

/** The same for the shell: sets `said`, and ends the shell where the server does not answer. */
export function askServer(login?: MysqlLogin): Shell {
  return ask(login, sh`${QUESTION}`)
}

const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ')

const QUESTION = [
  `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${quoted(VARIABLES)})`,
  `SHOW GLOBAL STATUS WHERE Variable_name IN (${quoted(STATUS)})`,
  `SET @status = IF(${OLD_STATUS}, 'SHOW SLAVE STATUS', 'SHOW REPLICA STATUS')`,
  'PREPARE status FROM @status',
  'EXECUTE status\\G',
].join(';\n')

/**
 * Reads what `describeServer` printed.
 *
 * @throws TypeError where it is not understood
 */
export function readServer(text: string): Server {
  const found = new Map(text.split('\n').flatMap(readLine))
  const [version, id, readOnly] = ['version', 'server_id', 'read_only'].map((name) => found.get(name))
  if (version === undefined || !/^\d+$/.test(id ?? '') || readOnly === undefined)
    throw new TypeError('what the database says of itself is not understood')
  return {
    version,
    id: Number(id),
    readOnly: readOnly !== 'OFF',
    binlogState: found.get('gtid_binlog_state') ?? '',
    slavePosition: found.get('gtid_slave_pos') ?? '',
    executed: (found.get('gtid_executed') ?? '').replaceAll('\\n', ''),
    replica: readReplica(found),
  }
}

/** `name<TAB>value` of a variable, `   Name: value` of the threads, whose names before 8.0.22 become the later ones. */
function readLine(line: string): [string, string][] {
  const [, name, value = ''] = /^(\w+)\t(.*)$/.exec(line) ?? /^ *([A-Z]\w+): ?(.*)$/.exec(line) ?? []
  return name === undefined ? [] : [[name.replace('Slave', 'Replica').replace('Master', 'Source'), value]]
}

function readReplica(found: ReadonlyMap<string, string>): Replica | undefined {
  const source = found.get('Source_Host')
  if (source === undefined) return undefined
  const word = (name: string) => found.get(name) ?? ''
  const behind = word('Seconds_Behind_Source')
  return {
    source,
    io: word('Replica_IO_Running'),
    sql: word('Replica_SQL_Running'),
    ioError: word('Last_IO_Error'),
    sqlError: word('Last_SQL_Error'),
    behind: /^\d+$/.test(behind) ? Number(behind) : undefined,
  }
}
