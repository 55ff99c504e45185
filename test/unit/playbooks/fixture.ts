import { type Host, Secret } from 'runsheet'
import type { Drbd, Lun, Nfs, Variables } from '../../../playbooks/parts/variables.mjs'
import { variables } from '../../../playbooks/parts/variables.mjs'

/** What a person writes for one node of a cluster that is right. */
export function written(number: 1 | 2) {
  return {
    address: `192.168.56.1${number}`,
    replication_address: `192.168.57.1${number}`,
    disk: '/dev/vdb',
    home: 'node1',
    vip: { address: '192.168.56.10', prefix: 24, card: 'eth1' },
    storage: { kind: 'drbd' },
    heartbeat: {
      key: new Secret('heartbeat.key', 'correct-horse-battery'),
      cards: ['eth1', 'eth2'],
      ping: ['192.168.56.1'],
    },
    fencing: 'none',
    application: 'nagios',
  }
}

/** Both nodes, after `change` has spoilt the variables of one of them or of both. */
export function nodes(
  change: (vars: Variables, number: 1 | 2) => void = () => {},
): [Host<Variables>, Host<Variables>] {
  const node = (number: 1 | 2): Host<Variables> => {
    const vars = variables.parse(written(number))
    change(vars, number)
    return { name: `node${number}`, vars }
  }
  return [node(1), node(2)]
}

const password = new Secret('nagios.password', 'hunter-two')
const database = {
  mode: 'shared-disk',
  accounts: [
    {
      user: 'nagios',
      password,
      database: 'nagios',
      from: ['192.168.56.30', '192.168.56.31', '192.168.56.32'],
    },
  ],
}

/** A pair that runs a database and a pair that uses it, after `change` has spoilt some of their variables. */
export function fourNodes(change: (vars: Variables, name: string) => void = () => {}): Host<Variables>[] {
  const node = (cluster: 'db' | 'app', number: 1 | 2): Host<Variables> => {
    const name = `${cluster}${number}`
    const [net, port] = cluster === 'db' ? [2, 694] : [3, 695]
    const { application, ...own } = written(number)
    const vars = variables.parse({
      ...own,
      cluster,
      home: `${cluster}1`,
      address: `192.168.56.${net}${number}`,
      replication_address: `192.168.57.${net}${number}`,
      vip: { ...own.vip, address: `192.168.56.${net}0` },
      heartbeat: { ...own.heartbeat, udpport: port },
      ...(cluster === 'db'
        ? { database }
        : { database: { mode: 'remote', address: '192.168.56.20' }, application }),
    })
    change(vars, name)
    return { name, vars }
  }
  return [node('db', 1), node('db', 2), node('app', 1), node('app', 2)]
}

/** Storage as the schema completes it. */
function completed<Kind extends 'drbd' | 'lun' | 'nfs'>(written: { kind: Kind; [name: string]: string }) {
  const parsed = variables.shape.storage.unwrap().parse(written)
  return parsed as Extract<typeof parsed, { kind: Kind }>
}

/** A pair with a database on each node, after `change` has spoilt some of their variables. */
export function replicating(change: (vars: Variables, number: 1 | 2) => void = () => {}) {
  const secret = new Secret('replication.password', 'correct-horse-battery')
  return nodes((vars, number) => {
    vars.database = variables.shape.database.parse({ mode: 'replication', password: secret })
    vars.server_id = number
    change(vars, number)
  })
}

/** The storage of these nodes. */
export const storage: Drbd = completed({ kind: 'drbd' })

/** Other kinds of it. */
export const lun: Lun = completed({ kind: 'lun', disk: '/dev/disk/by-id/virtio-shared' })
export const nfs: Nfs = completed({
  kind: 'nfs',
  export: 'filer:/export/cluster',
  accept: 'nfs-lets-both-nodes-write',
})

/** Both nodes with a LUN, and a BMC each. */
export function fencedNodes(): [Host<Variables>, Host<Variables>] {
  return nodes((vars, number) => {
    vars.storage = lun
    vars.fencing = {
      kind: 'stonith',
      plugin: 'external/ipmi',
      parameters: {
        passwd: new Secret('bmc.password', 'battery-staple'),
        userid: 'admin',
        interface: 'lanplus',
      },
    }
    vars.fence = { hostname: `node${number}`, ipaddr: `192.0.2.2${number}` }
  })
}
