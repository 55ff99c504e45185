import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { type Attempt, expectRefusal, named } from './attempts.ts'
import { converged, inGuest } from './laboratory.ts'
import { log } from './labs.ts'
import { activeNode, checksum, NODES, other, until } from './pair.ts'

// Attempts that must be refused where two nodes share one disk, which stays as it is, byte for byte.

const DISK = '/dev/disk/by-id/virtio-shared'
const MARK = `command ${DISK} is marked, so that each node can tell that it is the same disk`
const DRIVER = '/sys/bus/virtio/drivers/virtio_blk'
const [HOME] = NODES

const asRoot = (node: string, command: string) => inGuest(node, `sudo sh -ec '${command}'`)
const emptied = () => asRoot(HOME, `blkdiscard -f -z ${DISK}`)

let active = ''
let standby = ''

beforeAll(async () => {
  await converged('two-node-lun', 'two-node')
  active = await activeNode()
  standby = other(active)
})

/** While one node serves. */
const WHILE_SERVING: Attempt[] = [
  {
    name: 'a move to a node that does not see the disk any more',
    spoil: () =>
      asRoot(
        standby,
        `name=$(basename "$(readlink -f ${DISK})") && basename "$(readlink -f "/sys/class/block/$name/device")" >/root/device && cat /root/device >${DRIVER}/unbind`,
      ),
    attempt: () => ['switchover', '-e', `to=${standby}`],
    code: 3,
    reason: () => new RegExp(`${standby} cannot tell its file system`),
    mend: () => asRoot(standby, `cat /root/device >${DRIVER}/bind && udevadm settle && [ -b ${DISK} ]`),
  },
]

/** Heartbeat is configured, and stopped on both. */
const AT_REST: Attempt[] = [
  {
    name: 'the start of heartbeat with a power switch that does not answer one node',
    spoil: () =>
      asRoot(
        standby,
        'cp -p /etc/ha.d/stonith.conf /root/ && sed -i s/:623/:624/ /etc/ha.d/stonith.conf && grep -q :624 /etc/ha.d/stonith.conf',
      ),
    attempt: () => ['two-node', '--start-at-task', 'service heartbeat'],
    code: 3,
    reason: () => new RegExp(`${standby} cannot tell its fencing device`),
    mend: () => asRoot(standby, 'cp -p /root/stonith.conf /etc/ha.d/'),
  },
]

/** Nothing was ever installed. */
const FRESH: Attempt[] = [
  {
    name: 'a mark on a disk that holds a file system',
    spoil: () => asRoot(HOME, `mke2fs -q -t ext2 -L precious ${DISK}`),
    attempt: () => ['two-node', '--start-at-task', MARK],
    code: 3,
    reason: () => new RegExp(`${other(HOME)}: ${DISK} holds ext2`),
    mend: emptied,
  },
  {
    name: 'a file system on a disk of which nobody has seen that it is the same one',
    spoil: emptied,
    attempt: () => ['two-node', '--start-at-task', `filesystem ${DISK}`],
    code: 3,
    reason: () => new RegExp(`${other(HOME)}: it does not read the mark that is written to a shared disk`),
    mend: emptied,
  },
  {
    name: 'the use of an ext4 of somebody else, which two nodes could mount at once',
    spoil: () => asRoot(HOME, `mke2fs -q -t ext4 -L precious ${DISK}`),
    attempt: () => ['two-node', '--start-at-task', MARK],
    code: 3,
    reason: () => new RegExp(`the file system on ${DISK} would let both nodes mount it: it has no mmp`),
    mend: emptied,
  },
]

/** Seen from both nodes, by none of which it is in use. */
const bytes = () => Promise.all(NODES.map((node) => checksum(node, DISK)))

async function refused(_: string, attempt: Attempt): Promise<void> {
  await attempt.spoil()
  const before = await bytes()
  expect(new Set(before).size, 'it is one disk').toBe(1)
  try {
    await expectRefusal(attempt)
    expect(await bytes()).toEqual(before)
  } finally {
    await attempt.mend()
  }
}

describe('while one node serves, there is refused', () => {
  it.each(named(WHILE_SERVING))('%s', async (_, attempt) => {
    await attempt.spoil()
    try {
      await expectRefusal(attempt)
      expect(await activeNode()).toBe(active)
    } finally {
      await attempt.mend()
    }
  })
})

describe('while both nodes are at rest, there is refused', () => {
  beforeAll(async () => {
    for (const node of [standby, active]) await inGuest(node, 'sudo systemctl stop heartbeat')
    await until(active, "! grep -q ' /mnt/shared ' /proc/mounts")
  })

  it.each(named(AT_REST))('%s', refused)
})

describe('before there is a cluster, there is refused', () => {
  // The lab's first `up` has saved it, and so the copy has it, too.
  beforeAll(() => lab.restore('fresh', { log }))

  it.each(named(FRESH))('%s', refused)
})
