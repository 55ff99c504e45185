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

/** The word for the threads of a replica whose server prints this. */
function threads(io: string, errno: number, sql = 'Yes'): string {
  const status = [
    'Master_Host: 192.0.2.1',
    `Slave_IO_Running: ${io}`,
    `Slave_SQL_Running: ${sql}`,
    `Last_IO_Errno: ${errno}`,
  ]
  const input = `mariadb() { cat >/dev/null; echo '${status.join("'; echo '")}'; }\n${readThreads().text}\necho $threads`
  return spawnSync('sh', { input, encoding: 'utf8' }).stdout.trim()
}

test.each([
  ['Yes', 0, 'running'],
  ['Connecting', 0, 'running'],
  ['Connecting', 1045, 'refused'],
  ['Connecting', 1130, 'refused'],
  ['Connecting', 2003, 'running'],
  ['Connecting', 2013, 'running'],
  ['No', 1045, 'stopped'],
])('a receiver that says %s, and error %i, is %s', (io, errno, word) => {
  expect(threads(io, errno)).toBe(word)
  expect(threads(io, errno, 'No')).toBe('stopped')
})
