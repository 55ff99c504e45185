import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { databasesHere, NO_WRITES, WRITES } from '../../playbooks/parts/backup/database.mjs'
import { type MariaDb, startMariaDb } from '../support/mariadb.ts'
import { SHELLS } from '../support/shells.ts'

// What `backup.mjs` and `restore.mjs` run on a node, against a real server and real files.

const FUNCTIONS = new URL('../../playbooks/templates/', import.meta.url).pathname

let server: MariaDb
let home: string
beforeAll(async () => {
  server = await startMariaDb()
  home = mkdtempSync(join(tmpdir(), 'runsheet-dump-'))
  // The client reads this behind the files of this machine.
  writeFileSync(join(home, '.my.cnf'), `[client]\nsocket=${server.socket}\nuser=root\n`)
})
afterAll(async () => {
  rmSync(home, { recursive: true })
  await server.stop()
})

function sh(command: string, script: string) {
  const env = { ...process.env, HOME: home, LC_ALL: 'C' }
  return spawnSync('sh', ['-c', `exec ${command} -c "$0"`, script], { encoding: 'utf8', env })
}

describe.each(SHELLS)('databases with $name', ({ command }) => {
  const out = () => join(home, 'out')
  const run = (...commands: string[]) => {
    const script = [`. ${FUNCTIONS}database-dump`, 'databases=$(all_databases)', ...commands].join('\n')
    return sh(command, script)
  }

  beforeEach(() => {
    rmSync(out(), { recursive: true, force: true })
    mkdirSync(out())
    server.query(`
      DROP DATABASE IF EXISTS shop; DROP DATABASE IF EXISTS \`odd\`\`one\`;
      CREATE DATABASE shop CHARACTER SET latin1; CREATE DATABASE \`odd\`\`one\`; USE shop;
      CREATE TABLE sold (id INT PRIMARY KEY AUTO_INCREMENT, b BLOB, t TEXT) ENGINE=InnoDB;
      CREATE TABLE log (n INT, t VARCHAR(20)) ENGINE=MyISAM;
      INSERT INTO sold (b, t) VALUES (x'00ff27', 'a\\\\b\\n'), (NULL, 'ü');
      INSERT INTO log VALUES (3, 'x'), (1, 'y');
      CREATE VIEW both_of AS SELECT log.n, sold.id FROM log JOIN sold;
      CREATE PROCEDURE p() SELECT 1;
      CREATE TABLE \`odd\`\`one\`.\`t x\` (a INT) ENGINE=Aria; INSERT INTO \`odd\`\`one\`.\`t x\` VALUES (7);`)
  })

  test('a dump brings back what was lost, whatever the engine', () => {
    const saved = run('set -e', `save_databases ${out()}`, 'sum_databases')
    expect(saved).toMatchObject({ status: 0, stderr: '' })
    const sum = saved.stdout.trim()
    expect(readFileSync(join(out(), 'database.facts'), 'utf8')).toContain(`content database ${sum}`)
    server.query('DROP TABLE shop.log; DELETE FROM shop.sold WHERE id = 1; CREATE TABLE shop.more (a INT)')
    expect(run('sum_databases').stdout.trim()).not.toBe(sum)
    server.query('DROP DATABASE shop; DROP DATABASE `odd``one`')
    expect(sh(command, `gzip -dc ${out()}/database.sql.gz | mariadb --binary-mode`).status).toBe(0)
    expect(run('sum_databases').stdout.trim()).toBe(sum)
    expect(server.query('SELECT COUNT(*) FROM shop.both_of')).toBe('4')
  })

  test('a sum that cannot be made is none', () => {
    const failed = run("databases='not there'", 'sum_databases')
    expect(failed.stdout).toBe('')
    expect(failed.status).not.toBe(0)
  })
})

test('all engines are saved as of one moment, while somebody writes', async () => {
  server.query(
    'CREATE DATABASE busy; CREATE TABLE busy.a (n INT PRIMARY KEY) ENGINE=InnoDB; CREATE TABLE busy.b (n INT PRIMARY KEY) ENGINE=MyISAM',
  )
  const writing =
    'n=0; while :; do n=$((n + 1)); echo "INSERT INTO busy.a VALUES ($n); INSERT INTO busy.b VALUES ($n);"; done | mariadb'
  const writer = spawn('sh', ['-c', writing], {
    env: { ...process.env, HOME: home },
    detached: true,
    stdio: 'ignore',
  })
  const out = join(home, 'busy')
  mkdirSync(out)
  while (Number(server.query('SELECT COUNT(*) FROM busy.b')) < 20)
    await new Promise((go) => setTimeout(go, 50))
  const saved = sh('sh', `. ${FUNCTIONS}database-dump; databases=busy; save_databases ${out}`)
  const during = Number(server.query('SELECT COUNT(*) FROM busy.b'))
  process.kill(-(writer.pid ?? expect.fail()), 'SIGKILL')
  expect(saved).toMatchObject({ status: 0, stderr: '' })
  server.query('DROP DATABASE busy')
  expect(sh('sh', `gzip -dc ${out}/database.sql.gz | mariadb --binary-mode`).status).toBe(0)
  const [a, b] = ['a', 'b'].map((table) => Number(server.query(`SELECT COUNT(*) FROM busy.${table}`)))
  // A row is in the first table before it is in the second one.
  expect((a ?? 0) - (b ?? 0)).toBeOneOf([0, 1])
  expect(during).toBeGreaterThanOrEqual(b ?? 0)
})

test('what a restore would take away is told, and a database without anything is nothing', () => {
  server.query(`
    DROP DATABASE IF EXISTS shop;
    CREATE DATABASE shop; CREATE TABLE shop.sold (id INT); CREATE VIEW shop.seen AS SELECT id FROM shop.sold;
    CREATE DATABASE empty; CREATE DATABASE other; CREATE TABLE other.kept (id INT);
    CREATE DATABASE coded; CREATE PROCEDURE coded.p() SELECT 1`)
  server.query('CREATE DATABASE `shop old`; CREATE TABLE `shop old`.t (a INT)')
  const databases = ['shop', 'shop old', 'empty', 'coded', "no'ne"]
  const manifest = {
    ...{ cluster: 'cluster', node: 'node1', at: '2026-11-23 16:00:00 UTC' },
    ...{ databases, content: {}, files: [], waited: undefined },
  }
  const { status, stdout, stderr } = sh('sh', databasesHere(manifest).text)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.split('\n')).toEqual([
    'coded\t1 tables, routines and events',
    'shop\t2 tables, routines and events',
    'shop old\t1 tables, routines and events',
    '',
  ])
})

test('no account writes while databases are replaced: neither a session that is there nor a change that was begun', () => {
  server.query(`
    CREATE DATABASE quiet; CREATE TABLE quiet.t (a INT); CREATE USER app@localhost IDENTIFIED BY 'x';
    GRANT ALL ON quiet.* TO app@localhost`)
  const session = (statements: string) =>
    `(printf %s "${statements}"; sleep 2; echo "INSERT INTO quiet.t VALUES (1); COMMIT;") |
      mariadb -u app -px --force --unbuffered &`
  const { status, stdout, stderr } = sh(
    'sh',
    `${session('SELECT 1;')} ${session('BEGIN; INSERT INTO quiet.t VALUES (3);')}
    sleep 1
    ${NO_WRITES.text}
    mariadb -e 'DROP DATABASE quiet; CREATE DATABASE quiet; CREATE TABLE quiet.t (a INT); INSERT INTO quiet.t VALUES (2)'
    mariadb -u app -px -e 'INSERT INTO quiet.t VALUES (4)'
    wait
    ${WRITES.text}
    mariadb -u app -px -e 'INSERT INTO quiet.t VALUES (5)'
    mariadb -N -e 'SELECT GROUP_CONCAT(a) FROM quiet.t'`,
  )
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^2,5\n$/m) })
  expect(stderr).toContain('--read-only')
})

test('a server that gives no lock is no backup', () => {
  server.query('CREATE DATABASE IF NOT EXISTS shop')
  const out = join(home, 'none')
  mkdirSync(out)
  const broken = `. ${FUNCTIONS}database-dump; databases=shop; locked() { return 1; }; save_databases ${out}`
  expect(sh('sh', broken).status).not.toBe(0)
  expect(spawnSync('ls', [out], { encoding: 'utf8' }).stdout.trim()).toBe('work')
})

test('what the client says is looked for where it is, however late the client starts', () => {
  server.query('CREATE DATABASE IF NOT EXISTS shop')
  const out = join(home, 'late')
  mkdirSync(out)
  const early = 'mkfifo() { command mkfifo "$@" && [ -e "$work/said" ]; }'
  const saved = sh('sh', `. ${FUNCTIONS}database-dump; databases=shop; ${early}; save_databases ${out}`)
  expect(saved).toMatchObject({ status: 0, stderr: '' })
})

describe.each(SHELLS)('files with $name', ({ command }) => {
  let mount: string
  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), 'runsheet-files-'))
    for (const name of ['etc/a b', 'var/deep', 'mysql', 'lost+found'])
      mkdirSync(join(mount, name), { recursive: true })
    for (const name of ['etc/a b/one', 'var/deep/two', '.hidden', 'mysql/ibdata1'])
      writeFileSync(join(mount, name), name)
  })
  const run = (...commands: string[]) =>
    sh(command, [`. ${FUNCTIONS}file-stream`, `mount=${mount} database=mysql`, ...commands].join('\n'))

  test('come back as they were, and what is new goes; the database and lost+found stay', () => {
    const out = mkdtempSync(join(tmpdir(), 'runsheet-out-'))
    const saved = run('set -e', `save_files ${out}`, 'sum_files')
    expect(saved).toMatchObject({ status: 0, stderr: '' })
    const sum = saved.stdout.trim()
    expect(readFileSync(join(out, 'files.facts'), 'utf8')).toBe(`content files ${sum}\n`)
    rmSync(join(mount, 'etc'), { recursive: true })
    writeFileSync(join(mount, 'var/deep/two'), 'other')
    writeFileSync(join(mount, 'new'), 'new')
    writeFileSync(join(mount, 'mysql/ibdata1'), 'newer')
    expect(run('sum_files').stdout.trim()).not.toBe(sum)
    expect(run(`load_files ${out}/files.tar.gz`)).toMatchObject({ status: 0, stderr: '' })
    expect(run('sum_files').stdout.trim()).toBe(sum)
    expect(readFileSync(join(mount, 'mysql/ibdata1'), 'utf8')).toBe('newer')
    expect(
      spawnSync('ls', ['-A', mount], { encoding: 'utf8' }).stdout.split('\n').sort().join(' ').trim(),
    ).toBe('.hidden etc lost+found mysql var')
    rmSync(out, { recursive: true })
  })

  test('an archive that is torn takes nothing away, and is in the way of none that is whole', () => {
    const out = mkdtempSync(join(tmpdir(), 'runsheet-out-'))
    writeFileSync(join(out, 'torn.tar.gz'), 'this is none')
    const before = run(`save_files ${out}`, 'sum_files').stdout
    expect(run(`load_files ${out}/torn.tar.gz`).status).not.toBe(0)
    expect(run('sum_files').stdout).toBe(before)
    expect(run(`load_files ${out}/files.tar.gz`).status).toBe(0)
    expect(run('sum_files').stdout).toBe(before)
    rmSync(out, { recursive: true })
  })
})
