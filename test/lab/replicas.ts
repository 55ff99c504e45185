import { expect } from 'vitest'
import { converged, inGuest } from './laboratory.ts'
import { activeNode, other } from './pair.ts'

// Two databases that replicate, as the server itself tells.

/** Rows as the client prints them, without names; the statements are given on its input. */
export const query = (node: string, text: string) => inGuest(node, `sudo mariadb -N <<'END'\n${text}\nEND`)

/** Both lines of a replica, `Slave_IO_Running: Yes` and the like; nothing where no source is named. */
export const threads = (node: string) =>
  inGuest(node, "sudo mariadb -e 'SHOW SLAVE STATUS\\G' | grep _Running: || :")

/** Waits until the replica has applied all that its source has written until now. */
export async function arrived(source: string, replica: string): Promise<void> {
  const position = await query(source, 'SELECT @@gtid_binlog_pos')
  expect(
    await query(replica, `SELECT MASTER_GTID_WAIT('${position}', 300)`),
    `${replica} has ${position}`,
  ).toBe('0')
}

/** A pair as its playbook leaves it, with a row in `proof.t` that both have. */
export async function replicatingPair(): Promise<{ active: string; standby: string }> {
  await converged('replication')
  const active = await activeNode()
  const standby = other(active)
  await query(
    active,
    'CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO proof.t VALUES (1)',
  )
  await arrived(active, standby)
  return { active, standby }
}

const ADDRESS: Readonly<Record<string, string>> = { node1: '192.168.57.11', node2: '192.168.57.12' }

/** From now on nothing that the source's database says reaches the replica, while heartbeat and DRBD go on. */
export async function blockReplication(source: string, replica: string): Promise<void> {
  await inGuest(
    source,
    `sudo ip rule add priority 10 ipproto tcp sport 3306 to ${ADDRESS[replica]} blackhole`,
  )
  await inGuest(
    replica,
    "until sudo mariadb -e 'SHOW SLAVE STATUS\\G' | grep -q 'IO_Running: Connecting'; do sleep 1; done",
  )
}

export const unblockReplication = (source: string) => inGuest(source, 'sudo ip rule del priority 10')
