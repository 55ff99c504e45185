import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canonical } from '../../lib/resource/state.ts'
import { mysqlDatabase, mysqlGrant, mysqlUser, mysqlVariable } from '../../lib/resources/index.ts'
import { identifier } from '../../lib/resources/mysql-client.ts'
import { hashesOf, nativePassword } from '../../lib/resources/mysql-password.ts'
import { Secret } from '../../lib/secret.ts'
import { type MariaDb, startMariaDb } from '../support/mariadb.ts'
import { demand } from '../support/shells.ts'
import { converges, HOSTILE, type Host, makeHost, refuses, SHELLS, staysAsItIs } from './host.ts'

// The contract of MariaDB's resources, on a real server that is reached by its socket.

let server: MariaDb
beforeAll(async () => {
  server = await startMariaDb()
})
afterAll(() => server?.stop())

/** Trailing blanks mean nothing to a server; these hold quotes of every kind, a newline and more than ASCII. */
const NAMES = [`-it's "two" $(touch owned) \`x\` a_b%c → 字\\`, '#no -- comment; \\\nx']

const FORGET = `${['global_priv', 'db', 'tables_priv', 'columns_priv']
  .map((table) => `DELETE FROM mysql.${table} WHERE User NOT IN ('root', 'mariadb.sys');`)
  .join(' ')} FLUSH PRIVILEGES`

const EXACT = "SET NAMES utf8; SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'; SET GLOBAL sql_mode = DEFAULT; "

const OWN_DATABASES = `SELECT HEX(SCHEMA_NAME) FROM information_schema.SCHEMATA
  WHERE SCHEMA_NAME NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')`

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  let login: { socket: string; user: string }
  beforeEach(() => {
    host = makeHost(shell)
    login = { socket: server.socket, user: 'root' }
    for (const tool of ['mariadb', 'my_print_defaults'])
      host.tool(tool, `exec ${demand(tool, 'mariadb-client-core')} "$@"`)
    server.query(FORGET)
    for (const name of server.query(OWN_DATABASES).split('\n').filter(Boolean))
      server.query(`${EXACT}DROP DATABASE ${identifier(Buffer.from(name, 'hex').toString())}`)
  })

  describe('mysqlUser', () => {
    const password = new Secret('app password', HOSTILE.join(' '))

    it('makes one that can log in, and puts its password right', () => {
      const task = mysqlUser({ user: 'app', password, login })
      converges(host, task)
      expect(server.query('SELECT CURRENT_USER()', 'app', password.reveal())).toBe('app@localhost')
      server.query("SET PASSWORD FOR app@localhost = PASSWORD('other')")
      expect(host.probe(task)).toBe('user present\npassword differs')
      converges(host, task)
      converges(host, mysqlUser({ user: 'app', absent: true, login }))
    })

    it.each(NAMES)('makes %j from anywhere', (user) => {
      converges(host, mysqlUser({ user, host: '%', password, login }))
      converges(host, mysqlUser({ user, host: '%', auth: 'socket', login }))
      staysAsItIs(host, mysqlUser({ user, absent: true, login }))
      converges(host, mysqlUser({ user, host: '%', absent: true, login }))
      expect(host.run('ls owned').code).not.toBe(0)
    })

    it('keeps what else is set for an account', () => {
      server.query("CREATE USER tls@localhost IDENTIFIED BY 'old' REQUIRE SSL")
      converges(host, mysqlUser({ user: 'tls', password, login }))
      expect(server.query("SELECT ssl_type FROM mysql.user WHERE User = 'tls'")).toBe('ANY')
    })

    it('never sends the password, nor puts a hash into an argument', () => {
      const task = mysqlUser({ user: 'app', password, login })
      for (const { text, secrets } of [task.probe, task.apply]) {
        expect(text).not.toContain(password.reveal())
        expect(text).not.toContain(nativePassword(password.reveal()))
        expect(secrets.map(({ name }) => name)).toContain('app password as mysql_native_password')
        expect(secrets).not.toContain(password)
      }
    })

    it('logs in with a password of any shape', () => {
      const secret = new Secret('admin', `p\\a#'"; \`$(x) ü\\n\\`)
      converges(host, mysqlUser({ user: 'admin', password: secret, login }))
      server.query('GRANT ALL ON *.* TO admin@localhost WITH GRANT OPTION')
      const admin = { ...login, user: 'admin', password: secret }
      converges(host, mysqlUser({ user: 'app', password, login: admin }))
      const wrong = { ...admin, password: new Secret('wrong', 'wrong') }
      const ran = host.run(`secret_wrong=wrong\n${mysqlDatabase({ name: 'x', login: wrong }).probe.text}`)
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('ERROR 1045') })
    })

    it('cannot tell where the server is down or no client is there', () => {
      const { text } = mysqlDatabase({ name: 'app', login: { socket: host.at('none') } }).probe
      expect(host.run(text)).toMatchObject({ code: 75, stderr: expect.stringContaining('ERROR 2002') })
      expect(host.run(`PATH=/nowhere\n${text}`)).toMatchObject({ code: 75, stderr: /neither/ })
    })
  })

  // What other servers answer is by their manuals: CREATE USER, ALTER USER and GRANT of each version.
  describe('mysqlUser on other servers', () => {
    const password = new Secret('app', 'hunter2')
    const hash = nativePassword('hunter2')
    const sha2 = hashesOf(password).caching_sha2_password.reveal()

    it.each([
      ['5.1.73', `GRANT USAGE ON *.* TO 'app'@'localhost' IDENTIFIED BY PASSWORD '${hash}'`],
      ['5.6.51-log', `GRANT USAGE ON *.* TO 'app'@'localhost' IDENTIFIED BY PASSWORD '${hash}'`],
      ['5.5.68-MariaDB', `GRANT USAGE ON *.* TO 'app'@'localhost' IDENTIFIED BY PASSWORD '${hash}'`],
      ['10.1.48-MariaDB', `GRANT USAGE ON *.* TO 'app'@'localhost' IDENTIFIED BY PASSWORD '${hash}'`],
      [
        '10.2.44-MariaDB',
        `ALTER USER 'app'@'localhost' IDENTIFIED VIA mysql_native_password USING '${hash}'`,
      ],
      ['11.8.2-MariaDB', `ALTER USER 'app'@'localhost' IDENTIFIED VIA mysql_native_password USING '${hash}'`],
      ['5.7.44-log', `ALTER USER 'app'@'localhost' IDENTIFIED WITH mysql_native_password AS '${hash}'`],
      ['8.0.36', `ALTER USER 'app'@'localhost' IDENTIFIED WITH caching_sha2_password AS '${sha2}'`],
      ['8.4.5', `ALTER USER 'app'@'localhost' IDENTIFIED WITH caching_sha2_password AS '${sha2}'`],
    ])('%s is asked for it in its own words', (version, words) => {
      host.tool('mariadb', 'cat > sql; cat answer')
      host.write('answer', `version\nversion: ${version}\n*** 1. row ***\n Host: localhost\n User: app\n`)
      const task = mysqlUser({ user: 'app', password })
      expect(host.probe(task)).toBe('user present\npassword differs')
      expect(host.apply(task)).toMatchObject({ code: 0, stderr: '' })
      expect(host.read('sql').trim().split('\n').at(-1)).toBe(words)
      host.write('answer', `version\nversion: ${version}\n`)
      expect(host.probe(task)).toBe('user absent')
      host.apply(task)
      expect(host.read('sql').trim().split('\n').at(-1)).toBe(
        words.replace(/^(ALTER USER|GRANT.*TO)/, 'CREATE USER'),
      )
    })

    it.each([
      ['MySQL 5.1', `Password: ${hash}\n ssl_type: `],
      ['MariaDB 10.3', `Password: ${hash}\n plugin: \n authentication_string: `],
      ['MySQL 5.6', `Password: ${hash}\n plugin: mysql_native_password\n authentication_string: NULL`],
      ['MySQL 5.7', `plugin: mysql_native_password\n authentication_string: ${hash}`],
      ['MySQL 8.4', `plugin: caching_sha2_password\n authentication_string: ${sha2}`],
    ])('a row of %s tells that the password is right', (_, row) => {
      host.tool('mariadb', 'cat answer')
      host.write('answer', `version: 1\n*** 1. row ***\n Host: localhost\n User: app\n ${row}\n`)
      expect(host.probe(mysqlUser({ user: 'app', password }))).toBe('user present\npassword as wanted')
      host.write('answer', host.read('answer').replace(hash, 'x').replace(sha2, 'x'))
      expect(host.probe(mysqlUser({ user: 'app', password }))).toBe('user present\npassword differs')
    })

    it('says of a socket what an old one cannot do', () => {
      host.tool('mariadb', 'cat answer')
      host.write('answer', 'version: 5.1.73\n')
      refuses(host, mysqlUser({ user: 'app', auth: 'socket' }), /need MariaDB 10.2 or MySQL 5.7/)
    })

    it('names a database as it is where patterns are off', () => {
      host.tool('mariadb', 'cat > sql; cat answer')
      host.write(
        'answer',
        'partial_revokes\tON\nGrants\nGRANT SELECT ON `a_b`.* TO `u`@`h` WITH GRANT OPTION\n',
      )
      const wish = { user: 'u', host: 'h', database: 'a_b', privileges: ['SELECT'] }
      const same = mysqlGrant({ ...wish, grantOption: true })
      expect(host.probe(same)).toBe(canonical(same.expect))
      host.apply(mysqlGrant({ ...wish, privileges: ['INSERT'] }))
      expect(host.read('sql').trim().split('\n').at(-1)).toBe(
        "REVOKE SELECT ON `a_b`.* FROM 'u'@'h'; REVOKE GRANT OPTION ON `a_b`.* FROM 'u'@'h'; GRANT INSERT ON `a_b`.* TO 'u'@'h'",
      )
    })
  })

  describe('mysqlDatabase', () => {
    it.each(NAMES)('makes and drops %j', (name) => {
      converges(host, mysqlDatabase({ name, login }))
      const task = mysqlDatabase({ name, charset: 'utf8', collation: 'utf8_bin', login })
      converges(host, task)
      server.query(`${EXACT}ALTER DATABASE ${identifier(name)} COLLATE utf8_general_ci`)
      expect(host.probe(task)).toBe('database present\ncharset utf8mb3\ncollation utf8mb3_general_ci')
      converges(host, task)
      converges(host, mysqlDatabase({ name, absent: true, login }))
    })

    it('never drops one that holds anything', () => {
      server.query('CREATE DATABASE full; CREATE VIEW full.v AS SELECT 1')
      refuses(
        host,
        mysqlDatabase({ name: 'full', absent: true, login }),
        /database full holds 1 tables or programs: drop it by hand/,
      )
      server.query('DROP DATABASE full; CREATE DATABASE full; CREATE PROCEDURE full.p() SELECT 1')
      refuses(host, mysqlDatabase({ name: 'full', absent: true, login }), /holds 1/)
    })
  })

  describe('mysqlGrant', () => {
    const shown = () => server.query("SHOW GRANTS FOR app@'%'").split('\n').slice(1)

    it.each(NAMES)('grants on %j and a table of it, and revokes', (name) => {
      server.query(
        `${EXACT}CREATE DATABASE ${identifier(name)}; CREATE TABLE ${identifier(name)}.${identifier(name)} (a INT)`,
      )
      converges(host, mysqlUser({ user: name, host: '%', auth: 'socket', login }))
      const wish = { user: name, host: '%', database: name, login }
      converges(
        host,
        mysqlGrant({ ...wish, privileges: ['SELECT', 'CREATE TEMPORARY TABLES'], grantOption: true }),
      )
      converges(host, mysqlGrant({ ...wish, privileges: ['SELECT', 'DELETE'] }))
      converges(host, mysqlGrant({ ...wish, privileges: ['ALL'] }))
      converges(host, mysqlGrant({ ...wish, table: name, privileges: ['INSERT', 'UPDATE'] }))
      converges(host, mysqlGrant({ ...wish, privileges: ['SELECT'] }))
      staysAsItIs(host, mysqlGrant({ ...wish, table: name, privileges: ['UPDATE', 'INSERT'] }))
      converges(host, mysqlGrant({ ...wish, privileges: [] }))
    })

    it('grants everywhere, whatever else the account has', () => {
      server.query(
        "CREATE USER app@'%' IDENTIFIED BY 'x' REQUIRE SSL WITH MAX_USER_CONNECTIONS 5; GRANT SELECT ON other.* TO app@'%'",
      )
      const wish = { user: 'app', host: '%', login }
      converges(host, mysqlGrant({ ...wish, privileges: ['REPLICATION CLIENT', 'PROCESS'] }))
      converges(host, mysqlGrant({ ...wish, privileges: ['ALL PRIVILEGES'], grantOption: true }))
      converges(host, mysqlGrant({ ...wish, privileges: ['BINLOG MONITOR'] }))
      expect(host.probe(mysqlGrant({ ...wish, privileges: ['PROCESS'] }))).toBe(
        'user present\nprivileges none,REPLICATION CLIENT\ngrantable no',
      )
      expect(shown()).toEqual(['GRANT SELECT ON `other`.* TO `app`@`%`'])
    })

    it('takes privileges on columns for others', () => {
      server.query(
        "CREATE USER app@'%'; CREATE OR REPLACE DATABASE d; CREATE TABLE d.t (a INT, b INT); GRANT SELECT (a, b) ON d.t TO app@'%'",
      )
      converges(
        host,
        mysqlGrant({ user: 'app', host: '%', database: 'd', table: 't', privileges: ['INSERT'], login }),
      )
      expect(shown()).toEqual(['GRANT INSERT ON `d`.`t` TO `app`@`%`'])
    })

    it('makes no account', () => {
      refuses(
        host,
        mysqlGrant({ user: 'none', privileges: ['SELECT'], login }),
        /no account 'none'@'localhost'/,
      )
    })
  })

  describe('mysqlVariable', () => {
    const options = (task: Host) =>
      task.tool(
        'my_print_defaults',
        `exec ${demand('my_print_defaults', 'mariadb-client-core')} --defaults-file=${task.at('etc/x.cnf')} "$@"`,
      )

    it.each([
      ['max_connections', 321, 'live 321'],
      ['slow_query_log', true, 'live ON'],
      ['sql_mode', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'live ANSI_QUOTES,NO_BACKSLASH_ESCAPES'],
      ['init_connect', `SET @a = 'it''s "x" \\'`, `live SET @a = 'it''s "x" \\\\'`],
    ])('sets %s now and for the next start', (name, value, live) => {
      server.query(`SET GLOBAL ${name} = DEFAULT`)
      options(host)
      host.write('etc/x.cnf', '')
      const task = mysqlVariable({ name, value, file: host.at('etc/x.cnf'), login })
      converges(host, task)
      expect(host.probe(task)).toBe(`${live}\npersistent yes`)
      expect(host.run('my_print_defaults --mysqld').stdout).toBe(
        `--${name}=${canonical({ value }).slice(6).replace('yes', 'ON')}\n`,
      )
      server.query(`SET GLOBAL ${name} = DEFAULT`)
      converges(host, mysqlVariable({ name, value, login }))
    })

    it('asks no server for what takes a restart', () => {
      options(host)
      host.write('etc/x.cnf', '')
      const login = { socket: host.at('none') }
      converges(
        host,
        mysqlVariable({
          name: 'innodb_log_file_size',
          value: 1048576,
          live: false,
          file: host.at('etc/x.cnf'),
          login,
        }),
      )
    })

    it('says of a file that the server does not read that it keeps nothing', () => {
      options(host)
      host.write('etc/x.cnf', '')
      const task = mysqlVariable({ name: 'max_connections', value: 322, file: host.at('etc/y.cnf'), login })
      expect(host.apply(task)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/y.cnf is written, but the server does not read it/),
      })
    })

    it('tells a value that the server refuses, and a variable that it has not', () => {
      const ran = host.apply(mysqlVariable({ name: 'max_connections', value: 'many', login }))
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('ERROR 1232') })
      const { probe } = mysqlVariable({ name: 'no_such', value: 1, login })
      expect(host.run(probe.text)).toMatchObject({
        code: 75,
        stderr: 'the server has no variable no_such yet\n',
      })
    })
  })
})
