// What a node tells of a database that replicates.
import { raw, sh } from 'runsheet'
import { askPeer, DIFFERENT, INCOMPLETE, PEER, readThreads } from 'runsheet/replication'
import { replicationFindings } from './findings.mjs'

/** @typedef {import('../cluster.mjs').State} State */
/** @typedef {import('../variables.mjs').Replication} Replication */

/** What is read of the server, in the order in which it is printed; see `readThreads`. */
const WORDS = /** @type {const} */ ([
  'database',
  'server_id',
  'follows',
  'threads',
  'receiver',
  'applier',
  'behind',
  'written',
  'arrived',
  'semi_sync',
  'acknowledging',
  'stumbled',
])

/** A line for each word. What a server says is no text of ours: a backslash in it would be read by echo. */
const FOUND = sh`
  ${readThreads()}
  case $errors in *[!\\ ]*) errors=$(printf '%s' "\${errors#"\${errors%%[! ]*}"}" | tr -d '\\\\') ;; *) errors= ;; esac
  printf -- '-%s\\n' "$read_only" "$id" "$source" "$threads" "$receiver" "$applier" "$behind" "$written" "$arrived" \\
    "$semi_sync" "$acknowledging" "$errors"`

/** Whether the peer takes the writes; prints `peer`, or `nobody`. */
const WRITER = sh`
  ${askPeer(sh`'SELECT @@read_only\\G'`)}
  case $said in *' 0') echo peer ;; *) echo nobody ;; esac`

const READ = sh`
  ${raw(WORDS.map((word) => `${word}=`).join(' '))} source_is= different=
  database=down follows=none threads=stopped
  found=$(
  ${FOUND}
  ) 2>/dev/null || found=
  set -f
  IFS='
  '
  set -- $found
  unset IFS
  set +f
  [ $# -ne ${WORDS.length} ] || {
    ${raw(WORDS.map((word, index) => `${word}=\${${index + 1}#-}`).join('\n'))}
    case $database in ON) database=readable ;; *) database=writable ;; esac
  }
  # What nobody promotes, and what was found to differ: the threads of both run like any others.
  complete=yes
  [ ! -e ${INCOMPLETE} ] || complete=no
  [ ! -s ${DIFFERENT} ] || read -r different <${DIFFERENT}
  # Two databases that nobody may write to are no service: one that waits has to know of the one that serves.
  writer=here
  [ $database = writable ] || writer=$(
  ${WRITER}
  ) 2>/dev/null || writer=unknown
  [ ! -r ${PEER} ] || while read -r word _ value; do
    [ "$word" != host ] || source_is=$value
  done <${PEER}`

/** @param {Pick<Replication, 'semi_sync'>} wanted @returns {State} */
export function stateOf({ semi_sync }) {
  return {
    read: READ,
    names: [...WORDS, 'complete', 'different', 'source_is', 'writer'],
    here: { database: 'writable', writer: 'here' },
    elsewhere: { database: 'readable', writer: 'peer' },
    tell: (said) => [`database ${said.database}`, ...(said.database === 'readable' ? [telling(said)] : [])],
    judge: (looks) => replicationFindings(looks, semi_sync),
  }
}

/** @param {import('../cluster.mjs').Said} said */
function telling({ follows = 'none', threads, behind, complete }) {
  if (complete === 'no') return 'is not complete'
  if (follows === 'none') return 'follows nobody'
  if (threads === 'stopped') return `does not follow ${follows}: its threads are stopped`
  return behind ? `follows ${follows}, ${behind} seconds behind` : `is not connected to ${follows}`
}
