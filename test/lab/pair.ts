import { expect } from 'vitest'
import * as lab from '../../lab/index.ts'
import { inGuest, type PlaybookRun } from './laboratory.ts'

// Two nodes that share one service, with the real programs as witnesses.

export const NODES = ['node1', 'node2'] as const
export const VIP = '192.168.56.10'
export const DISK = '/dev/disk/by-id/virtio-data'

export const HOLDS_VIP = `ip -oneline -4 address show to ${VIP} | grep -q .`

/** Drops what comes to and from DRBD's port; the heartbeats of the same card pass. */
export const CUT_DRBD = [
  'tc qdisc add dev eth2 clsact',
  ...['sport', 'dport'].map(
    (end) =>
      `tc filter add dev eth2 ingress protocol ip u32 match ip protocol 6 0xff match ip ${end} 7789 0xffff action drop`,
  ),
]
  .map((command) => `sudo ${command}`)
  .join(' && ')
export const HEAL_DRBD = 'sudo tc qdisc del dev eth2 clsact'

export const other = (node: string): string => (node === NODES[0] ? NODES[1] : NODES[0])

export function errorsOf({ events }: PlaybookRun): string {
  return events
    .filter(({ event }) => event === 'error')
    .map((event) => JSON.stringify(event))
    .join('\n')
}

export function linesOf({ events }: PlaybookRun, kind: 'foreword' | 'conclusion'): string {
  return events.flatMap(({ event, lines }) => (event === kind ? (lines as string[]) : [])).join('\n')
}

export function expectNoChange(run: PlaybookRun): void {
  expect(errorsOf(run)).toBe('')
  expect(run.tasks('changed')).toEqual([])
  expect(run.tasks('would-change')).toEqual([])
  expect(run.tasks('unknown')).toEqual([])
  expect(run.code).toBe(0)
  for (const node of NODES) {
    expect(run.recap.hosts[node]).toMatchObject({ changed: 0, 'would-change': 0, failed: 0, unknown: 0 })
    expect(run.recap.hosts[node]?.trips).toBeLessThanOrEqual(3)
  }
}

/** Exit code 3, and a sentence that names the host and the reason. */
export function expectRefused(run: PlaybookRun, reason: RegExp): void {
  expect(errorsOf(run)).toMatch(reason)
  expect(run.code).toBe(3)
  expect(run.tasks('changed')).toEqual([])
}

/** The bytes of a disk, by default of that below DRBD, read past the kernel's memory. */
export const checksum = (node: string, disk = DISK): Promise<string> =>
  inGuest(node, `sudo dd if=${disk} bs=1M iflag=direct status=none | sha256sum`)

export async function activeNode(): Promise<string> {
  const held = await Promise.all(
    NODES.map((node) => inGuest(node, `if ${HOLDS_VIP}; then echo yes; else echo no; fi`)),
  )
  expect([...held].sort(), 'exactly one node holds the VIP').toEqual(['no', 'yes'])
  return NODES[held.indexOf('yes')] ?? ''
}

/** Waits in the guest until a command succeeds there. */
export async function until(node: string, condition: string): Promise<void> {
  const { code } = await lab.ssh(
    node,
    `n=0; until ${condition}; do n=$((n + 1)); [ $n -lt 600 ] || exit 1; sleep 1; done`,
  )
  expect(code, `${node} waits for: ${condition}`).toBe(0)
}

/** Waits until a node has all of the service. */
export async function untilServing(node: string): Promise<void> {
  await until(
    node,
    `{ ${HOLDS_VIP} && pgrep -x apache2 >/dev/null && sudo mariadb -e 'SELECT 1' >/dev/null 2>&1; }`,
  )
}

/** Role, mount and services of a node, one a line, from the programs themselves. */
function facts(node: string): Promise<string> {
  return inGuest(
    node,
    `sed -n 's/.*ro:\\([A-Za-z]*\\).* ds:\\([A-Za-z]*\\).*/\\1 \\2/p' /proc/drbd
    grep -q ' /mnt/shared ' /proc/mounts && echo mounted || echo not mounted
    for name in mariadbd nagios4 apache2; do pgrep -x $name >/dev/null && echo $name; done; :`,
  )
}

export async function expectToServe(node: string): Promise<void> {
  expect((await facts(node)).split('\n')).toEqual([
    'Primary UpToDate',
    'mounted',
    'mariadbd',
    'nagios4',
    'apache2',
  ])
}

export async function expectToStandBy(node: string): Promise<void> {
  expect((await facts(node)).split('\n')).toEqual(['Secondary UpToDate', 'not mounted'])
}

/** A row that was committed and a file that was synced, both of which say who wrote them. */
export async function write(node: string, id: number): Promise<void> {
  const sql = `CREATE DATABASE IF NOT EXISTS proof; CREATE TABLE IF NOT EXISTS proof.t (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO proof.t VALUES (${id})`
  await inGuest(
    node,
    `sudo mariadb -e '${sql}' && echo ${id} | sudo tee /mnt/shared/late-${id}.txt >/dev/null && sync`,
  )
}

/** The numbers of all rows, and of all files, as the node that serves has them. */
export async function written(node: string): Promise<{ rows: string; files: string }> {
  const rows = await inGuest(node, `sudo mariadb -N -e 'SELECT GROUP_CONCAT(id ORDER BY id) FROM proof.t'`)
  const files = await inGuest(node, 'cat /mnt/shared/late-*.txt | sort | paste -sd,')
  return { rows, files }
}
