import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { hashesOf, nativePassword } from '../../lib/resources/mysql-password.ts'
import { promptFor, secretsFunction } from '../../lib/runbook/secrets.ts'
import { Secret } from '../../lib/secret.ts'
import { SHELLS } from '../support/shells.ts'

// A person knows a password, and never its hash.

const PASSWORDS = ['correct-horse-battery', "it's $HOME \\n `id` %s", ' blanks ', 'gänsefüßchen', '0']

test('nothing that holds a secret goes through a here-document, which some shells write to a disk', () => {
  const secret = new Secret('db', 'x')
  const { mysql_native_password: hash } = hashesOf(secret)
  expect([secretsFunction([secret, hash]), promptFor(secret), promptFor(hash)].join('\n')).not.toContain('<<')
})

describe.each(SHELLS)('$name', ({ command }) => {
  const made = (secret: Secret, env: Record<string, string>) => {
    const script = `${secretsFunction([secret])}\n${promptFor(secret)}\nprintf '%s\\n' "$${secret.variable}"`
    const { stdout, stderr } = spawnSync('sh', ['-c', `exec ${command} -c "$0"`, script], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    })
    expect(stderr).toBe('')
    return stdout.trimEnd()
  }

  test.each(PASSWORDS)('makes the hash of %j that the server keeps', (value) => {
    const password = new Secret('db', value)
    const { mysql_native_password: hash } = hashesOf(password)
    expect(made(hash, { [password.variable]: value })).toBe(nativePassword(value))
  })

  test('keeps a hash that the environment holds already', () => {
    const { mysql_native_password: hash } = hashesOf(new Secret('db', 'x'))
    expect(made(hash, { [hash.variable]: '*AB' })).toBe('*AB')
  })

  test('makes no hash of caching_sha2_password, and nothing that a server takes for one', () => {
    const { caching_sha2_password: hash } = hashesOf(new Secret('db', 'x'))
    expect(made(hash, { secret_db: 'x' })).toMatch(/^[a-z-]+$/)
  })
})
