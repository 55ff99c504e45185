import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { readThreads } from '../../../lib/replication/replica.ts'

/** What is read of a server that tells each of these only to whoever asks for it. */
function read(status: Readonly<Record<string, string>>): string {
  const rows = Object.entries(status).map(([name, value]) => `${name} ${value}`)
  const input = `
    mariadb() {
      question=$(cat)
      while read -r name value; do
        case $question in *"'$name'"*) printf '%s\\t%s\\n' "$name" "$value" ;; esac
      done <<END
${rows.join('\n')}
END
    }
    ${readThreads().text}
    echo "$semi_sync, $acknowledging"`
  return spawnSync('sh', { input, encoding: 'utf8' }).stdout
}

test.each(['master', 'source'])('a source that says %s tells whether its commits wait', (word) => {
  const status = { [`Rpl_semi_sync_${word}_status`]: 'ON', [`Rpl_semi_sync_${word}_clients`]: '1' }
  expect(read(status)).toBe('ON, 1\n')
  expect(read({ ...status, [`Rpl_semi_sync_${word}_status`]: 'OFF' })).toBe('OFF, 1\n')
})

test('a server without semi-synchronous replication tells nothing of it', () => {
  expect(read({ read_only: 'OFF' })).toBe(', \n')
})
