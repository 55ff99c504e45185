// Heartbeat's own scripts speak to it through a pipe, and two of them may speak at once.
import { sh } from 'runsheet'
import { command } from 'runsheet/resources'

const FUNCTIONS = '/etc/ha.d/shellfuncs'

/** How resource-agents 4.12 has it: each echo is a write of its own, and what another script writes comes in between. */
const TORN = '(echo ">>>"; cat -; echo "<<<")	| cat - >> $HA_FIFO'
const WHOLE = `whole=$(cat -); printf '>>>\\n%s\\n<<<\\n' "$whole" >> $HA_FIFO`

/**
 * A message is one write, which a pipe keeps together. Torn ones were lost where the home node survives: it asks for its own
 * resources while mach_down speaks of those of the dead node, and then nobody took the service over.
 */
export function wholeMessages() {
  return command({
    name: "messages of heartbeat's scripts arrive whole",
    unless: sh`! grep -Fqs ${TORN} ${FUNCTIONS}`,
    run: sh`
      cp -p ${FUNCTIONS} ${`${FUNCTIONS}.new`}
      while IFS= read -r line; do
        case $line in *${TORN}*) line=${WHOLE} ;; esac
        printf '%s\\n' "$line"
      done < ${FUNCTIONS} > ${`${FUNCTIONS}.new`}
      mv ${`${FUNCTIONS}.new`} ${FUNCTIONS}`,
  })
}
