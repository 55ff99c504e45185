import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { type Attempt, expectRefusal, named } from './attempts.ts'
import { converged, inGuest } from './laboratory.ts'
import {
  activeNode,
  CUT_DRBD,
  checksum,
  DISK,
  HEAL_DRBD,
  NODES,
  other,
  until,
  VIP,
  write,
  written,
} from './pair.ts'

// Attempts that must be refused on a real pair. What lies on the disks stays as it is, byte for byte.

let active = ''
let standby = ''

beforeAll(async () => {
  await converged('two-node')
  active = await activeNode()
  standby = other(active)
})

const on = (node: () => string, command: string) => () => inGuest(node(), `sudo sh -ec '${command}'`)
const onStandby = (command: string) => on(() => standby, command)
const onBoth = (command: string) => () => Promise.all(NODES.map((node) => on(() => node, command)()))
const nothing = async () => {}
const COPIES_ARE_GOOD = 'until grep -q "ds:UpToDate/UpToDate" /proc/drbd; do sleep 1; done'
const file = (text: string) => new RegExp(text.replaceAll('/', '\\/'))

/** While one node serves. */
const WHILE_SERVING: Attempt[] = [
  {
    name: 'a key that differs from that of the running cluster',
    spoil: onStandby(
      'cp -p /etc/ha.d/authkeys /root/authkeys && printf "auth 1\\n1 sha1 another-key-of-some-length\\n" >/etc/ha.d/authkeys',
    ),
    attempt: () => ['two-node'],
    code: 3,
    reason: () => new RegExp(`heartbeat runs on .*${standby}.* with another key`),
    mend: onStandby('cp -p /root/authkeys /etc/ha.d/authkeys'),
  },
  {
    name: 'a node that would take the service as it comes back',
    spoil: onStandby('sed -i "s/^auto_failback off/auto_failback on/" /etc/ha.d/ha.cf'),
    attempt: () => ['rejoin', '-e', `node=${standby}`],
    code: 3,
    reason: () => new RegExp(`${standby}: ha.cf says auto_failback on`),
    mend: onStandby('sed -i "s/^auto_failback on/auto_failback off/" /etc/ha.d/ha.cf'),
  },
  {
    name: 'a return to a node with another key',
    spoil: onStandby('cp -p /etc/ha.d/authkeys /root/authkeys && echo "# another" >>/etc/ha.d/authkeys'),
    attempt: () => ['rejoin', '-e', `node=${standby}`],
    code: 3,
    reason: () => file('/etc/ha.d/authkeys differs between node1 and node2'),
    mend: onStandby('cp -p /root/authkeys /etc/ha.d/authkeys'),
  },
  {
    name: 'a user whose number is another one',
    spoil: onStandby('usermod -u 777 nagios'),
    attempt: () => ['two-node'],
    code: 3,
    reason: () => new RegExp(`${standby}: user nagios has the number 777, not 566`),
    mend: onStandby('usermod -u 566 nagios'),
  },
  {
    name: 'a link onto a directory with files',
    spoil: onStandby('rm /etc/nagios4 && mkdir /etc/nagios4 && echo mine >/etc/nagios4/mine.cfg'),
    attempt: () => ['two-node'],
    code: 2,
    reason: () => file('/etc/nagios4 holds files of no package.*mine.cfg'),
    mend: onStandby(
      'grep -qx mine /etc/nagios4/mine.cfg && rm -r /etc/nagios4 && ln -s /mnt/shared/etc/nagios4 /etc/nagios4',
    ),
  },
  {
    name: 'a victim where nothing went different ways',
    spoil: onBoth('drbdadm disconnect r0'),
    attempt: () => ['resolve-split-brain', '-e', `victim=${standby}`],
    code: 3,
    reason: () =>
      new RegExp(`have not gone different ways, so nobody has to lose anything; rejoin ${standby}`),
    mend: onBoth(`drbdadm connect r0; ${COPIES_ARE_GOOD}`),
  },
  {
    name: 'a victim that has all that the other one has, and more',
    spoil: fallBehind,
    attempt: () => ['resolve-split-brain', '-e', `victim=${active}`, '-e', `interrupt=${VIP}`],
    code: 3,
    reason: () => new RegExp(`${active}: it has all that ${standby} has, and more: a wrong victim`),
    apart: true,
    mend: catchUp,
  },
  {
    name: 'a victim that is no node',
    spoil: nothing,
    attempt: () => ['resolve-split-brain', '-e', 'victim=node3'],
    code: 1,
    reason: () => /victim is 'node3', and the nodes are node1, node2/,
    mend: nothing,
  },
  {
    name: 'the replacement of the node that serves',
    spoil: nothing,
    attempt: () => ['replace-node', '-e', `node=${active}`, '-e', 'lost=forever'],
    code: 3,
    reason: () => new RegExp(`${active} holds ${VIP}: it is the one that serves`),
    mend: nothing,
  },
  {
    name: 'heartbeat on a card without a broadcast address',
    spoil: onStandby(
      'systemctl stop heartbeat && own=$(ip -o -4 address show dev eth2 | sed "s/.* inet \\([^ ]*\\) .*/\\1/") && ip address del $own dev eth2 && ip address add $own dev eth2',
    ),
    attempt: () => ['two-node'],
    code: 3,
    reason: () => new RegExp(`${standby}: card eth2 has no broadcast address`),
    mend: onStandby(
      'own=$(ip -o -4 address show dev eth2 | sed "s/.* inet \\([^ ]*\\) .*/\\1/") && ip address del $own dev eth2 && ip address add $own brd + dev eth2',
    ),
  },
]

/** While heartbeat is stopped on both: the storage is used by hand, and both disks are at rest. */
const BY_HAND: Attempt[] = [
  {
    name: 'metadata beside a peer with data',
    spoil: onStandby(`drbdadm down r0 && blkdiscard -f -z ${DISK}`),
    attempt: () => ['two-node'],
    code: 3,
    reason: () => new RegExp(`${active}: its copy holds data already: this is the replacement of a node`),
    mend: nothing,
  },
  {
    name: 'metadata on a disk that holds a file system',
    spoil: onStandby(`mke2fs -q -t ext4 -L precious ${DISK}`),
    attempt: () => ['two-node'],
    code: 3,
    reason: () => new RegExp(`${standby}: ${DISK} holds ext4`),
    mend: onStandby(`wipefs -q -a ${DISK} && blkdiscard -f -z ${DISK} && yes yes | drbdadm create-md r0`),
  },
  {
    name: 'the first copy beside a peer with data',
    spoil: onStandby('drbdadm up r0 && drbdadm disconnect r0'),
    attempt: () => [
      'two-node',
      '--start-at-task',
      'command first copy of DRBD resource r0',
      '-e',
      `home=${standby}`,
    ],
    code: 3,
    reason: () =>
      new RegExp(`${active}: (its copy holds data already|its disk is UpToDate, not Inconsistent)`),
    mend: nothing,
  },
  {
    name: 'the promotion of an Inconsistent copy',
    spoil: nothing,
    attempt: () => [
      'two-node',
      '--start-at-task',
      'command DRBD resource r0 can be written here',
      '-e',
      `home=${standby}`,
    ],
    code: 3,
    reason: () => new RegExp(`${standby}: its disk is Inconsistent, not UpToDate`),
    mend: onStandby(`drbdadm connect r0; ${COPIES_ARE_GOOD}`),
  },
  {
    name: 'the promotion of an Outdated copy',
    spoil: onStandby('drbdadm disconnect r0 && drbdadm outdate r0'),
    attempt: () => [
      'two-node',
      '--start-at-task',
      'command DRBD resource r0 can be written here',
      '-e',
      `home=${standby}`,
    ],
    code: 3,
    reason: () => new RegExp(`${standby}: its disk is Outdated, not UpToDate`),
    mend: nothing,
  },
  {
    name: 'anything while the peer is off',
    spoil: () => lab.fault('power-off', standby),
    attempt: () => ['two-node', '--start-at-task', 'service heartbeat'],
    code: 2,
    reason: () => /E_UNREACHABLE/,
    mend: nothing,
  },
  {
    name: 'a promotion on one node alone, while the other one is off',
    spoil: nothing,
    attempt: () => [
      'two-node',
      '-l',
      active,
      '--start-at-task',
      'command DRBD resource r0 can be written here',
      '-e',
      `home=${active}`,
    ],
    code: 3,
    reason: () => new RegExp(`${standby} gave no evidence`),
    mend: nothing,
  },
  {
    name: 'the start of heartbeat on one node alone, while the other one is off',
    spoil: nothing,
    attempt: () => ['two-node', '-l', active, '--start-at-task', 'service heartbeat'],
    code: 3,
    reason: () => new RegExp(`${standby} gave no evidence`),
    mend: nothing,
  },
  // The last one: no data are left here.
  {
    name: 'metadata on one node alone, while the other one is off',
    spoil: on(() => active, `drbdadm down r0 && blkdiscard -f -z ${DISK}`),
    attempt: () => ['two-node', '-l', active, '--start-at-task', 'command metadata of DRBD resource r0'],
    code: 3,
    reason: () => new RegExp(`${standby} gave no evidence`),
    mend: on(
      () => active,
      `[ -z "$(dd if=${DISK} bs=1M iflag=direct status=none | tr -d "\\0" | head -c 1)" ]`,
    ),
  },
]

describe('while one node serves, there is refused', () => {
  beforeAll(() => write(active, 4711))

  it.each(named(WHILE_SERVING))('%s', async (_, attempt) => {
    await attempt.spoil()
    const before = await written(active)
    const copy = attempt.apart && (await checksum(standby))
    expect(before.rows).toMatch(/^4711/)
    try {
      await expectRefusal(attempt)
      expect(await written(active)).toEqual(before)
      expect(attempt.apart && (await checksum(standby))).toBe(copy)
      expect(await activeNode()).toBe(active)
    } finally {
      await attempt.mend()
    }
  })
})

describe('while both nodes are at rest, there is refused', () => {
  beforeAll(async () => {
    await inGuest(standby, 'sudo systemctl stop heartbeat')
    await inGuest(active, 'sudo systemctl stop heartbeat')
    await until(active, 'grep -q ro:Secondary/Secondary /proc/drbd')
  })

  it.each(named(BY_HAND))('%s', async (_, attempt) => {
    await attempt.spoil()
    const before = await bytes()
    try {
      await expectRefusal(attempt)
      expect(await bytes()).toEqual(before)
    } finally {
      await attempt.mend()
    }
  })
})

/**
 * The copy of the standby becomes an older one that nobody has marked as outdated: its heartbeat, which would be told to, is
 * stopped, and the connection ends without a word.
 */
async function fallBehind(): Promise<void> {
  await inGuest(standby, 'sudo systemctl stop heartbeat')
  await until(active, `[ "$(sudo cl_status nodestatus ${standby})" = dead ]`)
  await inGuest(standby, CUT_DRBD)
  for (const node of NODES) await until(node, 'grep -q cs:WFConnection /proc/drbd')
  await inGuest(standby, `sudo drbdadm disconnect r0 && ${HEAL_DRBD}`)
  await until(standby, "grep -q 'cs:StandAlone ro:Secondary/Unknown ds:UpToDate/' /proc/drbd")
  await write(active, 4712)
}

async function catchUp(): Promise<void> {
  await inGuest(standby, `sudo sh -ec 'drbdadm connect r0; ${COPIES_ARE_GOOD}; systemctl start heartbeat'`)
  await until(active, `[ "$(sudo cl_status nodestatus ${standby})" = active ]`)
}

/** Of those nodes that are on. */
async function bytes(): Promise<string[]> {
  const running = (await lab.status()).flatMap(({ node, power }) => (power === 'running' ? [node] : []))
  return Promise.all(NODES.filter((node) => running.includes(node)).map((node) => checksum(node)))
}
