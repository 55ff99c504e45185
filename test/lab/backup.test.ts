import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { converged, inGuest, type PlaybookRun, play, zx } from './laboratory.ts'

// A backup of the active node, what was lost, and all of it back. The tests build on each other.

const VIP = '192.168.56.10'
const OWN = '/mnt/shared/etc/nagios4/objects/precious.cfg'

const HALF = 'ls -d /var/lib/cluster-restore.* 2>/dev/null || :'

let folder = ''
let active = ''

beforeAll(async () => {
  await converged('two-node')
  folder = mkdtempSync(join(tmpdir(), 'runsheet-backup-'))
  const held = await inGuest('node1', `ip -oneline -4 address show to ${VIP}`)
  active = held === '' ? 'node2' : 'node1'
  await sql(`CREATE DATABASE shop; CREATE TABLE shop.sold (id INT PRIMARY KEY, t TEXT) ENGINE=InnoDB;
    CREATE TABLE shop.odw (n INT) ENGINE=MyISAM; INSERT INTO shop.sold VALUES (1, 0xc3bc); INSERT INTO shop.odw VALUES (4711)`)
  await inGuest(active, `echo '# precious' | sudo tee ${OWN}`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('brings a backup here, with the sum of each file, and leaves none on the node', async () => {
  const run = await play('backup', '-e', `to=${folder}`)
  expect(errorsOf(run)).toBe('')
  expect(run.code).toBe(0)
  const manifest = readFileSync(join(folder, active, 'manifest'), 'utf8')
  expect(manifest).toMatch(/^database shop$/m)
  expect(manifest).toMatch(/^file [0-9a-f]{64} \d+ database\.sql\.gz$/m)
  expect(await inGuest(active, 'sudo ls /var/backups')).not.toContain('runsheet')
  expect((await play('backup', '-e', `to=${folder}`)).recap.changed).toBe(0)
})

it('refuses to replace what nobody gave up, and changes nothing by it', async () => {
  const before = await sums()
  const run = await play('restore', '-e', `from=${join(folder, active)}`, '-t', 'database')
  const kept = await sums()
  // Nothing has been lost yet, so there is nothing to restore, and nothing to bring.
  expect(run.code).toBe(0)
  expect(run.recap.changed).toBe(0)
  await sql('DROP TABLE shop.odw; DELETE FROM shop.sold')
  await inGuest(active, `sudo rm ${OWN}`)
  const spoilt = await sums()
  const refused = await play('restore', '-e', `from=${join(folder, active)}`)
  expect(refused.code).toBe(3)
  expect(errorsOf(refused)).toContain('give_up=shop')
  expect(await sums()).toEqual(spoilt)
  expect(kept).toEqual(before)
})

it('brings back what was lost: equal checksums', async () => {
  const run = await play('restore', '-e', `from=${join(folder, active)}`, '-e', 'give_up=shop,/mnt/shared')
  expect(errorsOf(run)).toBe('')
  expect(run.code).toBe(0)
  expect(await sql('SELECT HEX(t) FROM shop.sold; SELECT n FROM shop.odw')).toBe('C3BC\n4711')
  expect(await inGuest(active, `sudo cat ${OWN}`)).toBe('# precious')
  expect(await inGuest(active, 'sudo systemctl is-active nagios4 apache2')).toBe('active\nactive')
  expect(await sql('SELECT @@global.read_only')).toBe('0')
  expect(await inGuest(active, HALF)).toBe('')
  expect((await play('two-node', '--check')).tasks('would-change')).toEqual([])
  expect(await inGuest(active, 'sudo ls /var/backups')).not.toContain('runsheet')
  const again = await play('restore', '-e', `from=${join(folder, active)}`, '-t', 'database')
  expect(again.code).toBe(0)
  expect(again.recap.changed).toBe(0)
})

it('lets nothing move that may be half restored, until a restore has ended well', async () => {
  await inGuest(active, 'sudo touch /var/lib/cluster-restore.database')
  const run = await play('switchover', '-e', `to=${active === 'node1' ? 'node2' : 'node1'}`)
  expect(run.code).toBe(3)
  expect(errorsOf(run)).toContain('/var/lib/cluster-restore.database); run restore.mjs again')
  expect((await zx('playbooks/status.mjs', '--lab')).stdout).toContain('the databases are half restored')
  const again = await play('restore', '-e', `from=${join(folder, active)}`, '-t', 'database')
  expect(again.code).toBe(0)
  expect(await inGuest(active, HALF)).toBe('')
})

it('takes no backup that was touched', async () => {
  writeFileSync(join(folder, active, 'files.tar.gz'), 'torn')
  const run = await play('restore', '-e', `from=${join(folder, active)}`, '-e', 'give_up=shop,/mnt/shared')
  expect(run.code).toBe(1)
})

const sql = (statements: string) => inGuest(active, `sudo mariadb -N -e "${statements}"`)

/** Of the tables, by the server itself, and of the application's own files. */
async function sums() {
  return [
    await sql('CHECKSUM TABLE shop.sold, shop.odw'),
    await inGuest(active, 'sudo find /mnt/shared/etc -type f -exec sha256sum {} + | sort'),
  ]
}

function errorsOf({ events }: PlaybookRun): string {
  return events
    .filter(({ event }) => event === 'error')
    .map((event) => JSON.stringify(event))
    .join('\n')
}
