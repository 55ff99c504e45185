import { describe, expect, it } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { canonical } from '../../../lib/resource/state.ts'
import { mysqlDatabase, mysqlGrant, mysqlUser, mysqlVariable } from '../../../lib/resources/index.ts'
import { identifier, printed, string } from '../../../lib/resources/mysql-client.ts'
import { cachingSha2, hashesOf, nativePassword, shaCrypt } from '../../../lib/resources/mysql-password.ts'
import { Secret } from '../../../lib/secret.ts'

const password = new Secret('app', 'hunter2')

describe('what is expected of a database server', () => {
  it.each<[string, Task, string]>([
    ['an account', mysqlUser({ user: 'app', password }), 'user present\npassword as wanted'],
    ['one of the socket', mysqlUser({ user: 'app', auth: 'socket' }), 'user present\nauth socket'],
    ['no account', mysqlUser({ user: 'app', absent: true }), 'user absent'],
    ['a database', mysqlDatabase({ name: 'd', charset: 'utf8mb4' }), 'database present\ncharset utf8mb4'],
    [
      'its charset as new servers call it',
      mysqlDatabase({ name: 'd', charset: 'utf8', collation: 'utf8_bin' }),
      'database present\ncharset utf8mb3\ncollation utf8mb3_bin',
    ],
    ['no database', mysqlDatabase({ name: 'd', absent: true }), 'database absent'],
    [
      'privileges',
      mysqlGrant({ user: 'u', privileges: ['ALL', 'ALL PRIVILEGES'], grantOption: true }),
      'user present\nprivileges ALL PRIVILEGES\ngrantable yes',
    ],
    [
      'no privileges',
      mysqlGrant({ user: 'u', privileges: [], database: 'd' }),
      'user present\nprivileges none\ngrantable no',
    ],
    ['a variable', mysqlVariable({ name: 'x', value: false, file: '/x.cnf' }), 'live OFF\npersistent yes'],
    [
      'one for the next start',
      mysqlVariable({ name: 'x', value: 1, live: false, file: '/x.cnf' }),
      'persistent yes',
    ],
  ])('%s', (_, task, expected) => {
    expect(task.problems).toEqual([])
    expect(canonical(task.expect)).toBe(expected)
  })
})

describe('what is wrong with a wish', () => {
  it.each<[Task, RegExp]>([
    [mysqlUser({ user: '', password }), /no user of a database: ""/],
    [mysqlUser({ user: 'a\r', password }), /no user of a database: "a\\r"/],
    [mysqlUser({ user: 'a', host: 'b ', password }), /no host/],
    [mysqlUser({ user: 'a' }), /a password or auth: socket/],
    [mysqlUser({ user: 'a', password, auth: 'socket' }), /a password or auth/],
    [mysqlUser({ user: 'a', password: new Secret('empty', '') }), /the password is empty/],
    [
      mysqlUser({ user: 'a', auth: 'socket', login: { socket: 'x', user: '-x' } }),
      /socket is absolute.*\n.*-x/,
    ],
    [mysqlUser({ user: 'a', auth: 'socket', login: { password: new Secret('l', 'a\nb') } }), /one line/],
    [mysqlDatabase({ name: 'a'.repeat(65) }), /no database/],
    [mysqlDatabase({ name: 'a', charset: 'utf8; x' }), /no charset/],
    [mysqlDatabase({ name: 'a', charset: 'utf8', absent: true }), /an absent database/],
    [mysqlGrant({ user: 'a', privileges: ['SELECT;'] }), /no privilege: SELECT;/],
    [mysqlGrant({ user: 'a', privileges: ['SELECT'], table: 't' }), /a table is one of a database/],
    [mysqlVariable({ name: 'max-connections', value: 1 }), /no variable/],
    [mysqlVariable({ name: 'x', value: 1, live: false }), /nothing is asked/],
    [mysqlVariable({ name: 'x', value: 'a\nb' }), /one line/],
    [mysqlVariable({ name: 'x', value: 1, file: '/etc/mysql/x.conf' }), /ends in .cnf/],
  ])('%#: $1', (task, problem) => {
    expect(task.problems.join('\n')).toMatch(problem)
    expect(task.apply.text).toBe('')
  })
})

describe('what is sent to a server', () => {
  it('has nothing but doubled quotes to survive', () => {
    expect([string(`a'b\\`), identifier('a`b\\'), printed('a\\b\nc\td')]).toEqual([
      `'a''b\\'`,
      '`a``b\\`',
      'a\\\\b\\nc\\td',
    ])
  })

  it('takes the signs of patterns in the name of a database for themselves, and not in a table', () => {
    const wish = { user: 'a', database: 'a_b%', privileges: ['SELECT'] }
    expect(mysqlGrant(wish).id).toBe("'a'@'localhost' on `a\\_b\\%`.*")
    expect(mysqlGrant({ ...wish, table: 't_' }).id).toBe("'a'@'localhost' on `a_b%`.`t_`")
  })

  it('is a hash, never a password', () => {
    const { probe, apply } = mysqlUser({ user: 'app', password })
    for (const { secrets } of [probe, apply])
      expect(new Set(secrets)).toEqual(new Set(Object.values(hashesOf(password))))
  })
})

describe('the hash of a password', () => {
  // SELECT PASSWORD('hunter2'); openssl passwd -5 -salt SALT.
  it.each([
    ['Hello world!', 'saltstringsaltst', 'a5C8Ofk71MUIoKve2QuP9FMl.dwNgseF5tR1LGAL7iB'],
    ['x'.repeat(70), 'ab', 'iwaHr3xBKnAQnmfmsvbyjTCt1POYCzIKuI6pebchmD1'],
    ['ü', 'saltstringsaltst', 'Bhq2KQ6gOq7VUDEBp7d9KdbzV6m8v7FzUaDd9UX/0v4'],
  ])('of %j with %s is that of SHA-crypt', (key, salt, digest) => {
    expect(shaCrypt(Buffer.from(key), Buffer.from(salt), 5000)).toBe(digest)
  })

  it('is kept as MySQL keeps it', () => {
    expect(nativePassword('password')).toBe('*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19')
    expect(cachingSha2('hunter2', 'a'.repeat(20))).toMatch(/^\$A\$005\$a{20}[./\w]{43}$/)
  })

  it('is always the same for one password, and another for another', () => {
    const sha2 = (name: string, value: string) =>
      hashesOf(new Secret(name, value)).caching_sha2_password.reveal()
    expect(sha2('a', 'x')).toBe(sha2('a', 'x'))
    expect(
      new Set([sha2('a', 'x'), sha2('a', 'y'), sha2('b', 'x')].map((hash) => hash.slice(0, 27))).size,
    ).toBe(3)
    expect(sha2('a', `'\\`)).toMatch(/^\$A\$005\$[+/\w]{20}[./\w]{43}$/)
  })
})
