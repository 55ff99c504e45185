// The variables of a host of a cluster. What is not described here is refused.
import { Secret, z } from 'runsheet'
import { application } from './applications.mjs'
import { masters } from './distributed/variables.mjs'

const seconds = z.int().min(1).max(3600)
const port = z.int().min(1).max(65_535)
const card = z.string().regex(/^[a-z][a-z0-9.-]{0,14}$/i, 'the name of a network card, such as eth1')
const path = z.string().regex(/^(\/[\w.+-]+)+$/, 'an absolute path of letters, digits and - _ . +')
const word = z.string().regex(/^[a-z]\w*$/i, 'a word')
const secret = z.instanceof(Secret, { error: 'a secret: !secret { file: PATH } or !secret { env: NAME }' })

const vip = z.strictObject({
  address: z.ipv4().describe('The address at which the service is reached, whichever node runs it'),
  prefix: z.int().min(8).max(30).describe('Length of the network prefix, for the nodes and the VIP alike'),
  card: card.describe('The card that carries the VIP, on both nodes'),
})

const mount = path.default('/mnt/shared').describe('Where the active node mounts it')

const drbd = z.strictObject({
  kind: z.literal('drbd'),
  resource: word.default('r0').describe('Name of the DRBD resource'),
  device: z
    .string()
    .regex(/^\/dev\/drbd\d+$/, '/dev/drbdN')
    .default('/dev/drbd0'),
  port: port.default(7789).describe('TCP port of the replication'),
  version: z
    .enum(['8.3', '8.4', '9'])
    .default('8.4')
    .describe('What the kernel module speaks; a run compares'),
  mount,
  filesystem: z.enum(['ext4', 'xfs']).default('ext4'),
})

const lun = z.strictObject({
  kind: z.literal('lun'),
  disk: path.describe('The disk that both nodes see, by this path; best by /dev/disk/by-id'),
  mount,
  filesystem: z.literal('ext4', { error: 'ext4, which alone refuses a second mount (mmp)' }).default('ext4'),
})

/** The words by which an operator takes NFS upon himself. */
export const NFS_ACCEPTED = 'nfs-lets-both-nodes-write'

const nfs = z.strictObject({
  kind: z.literal('nfs'),
  export: z.string().regex(/^[a-z0-9][\w.-]*:(\/[\w.-]+)+$/i, 'SERVER:/PATH'),
  mount,
  accept: z.literal(NFS_ACCEPTED, {
    error:
      'NFS is refused: nothing on the server keeps two nodes from mounting it at once (ext4 on a LUN has mmp), the ' +
      'locks of mysqld and of others come free when the server forgets a silent client that is still writing, and ' +
      `its outage is that of both nodes; take drbd or lun, or write accept: ${NFS_ACCEPTED}`,
  }),
})

const storage = z
  .discriminatedUnion('kind', [drbd, lun, nfs], { error: "the kind 'drbd', 'lun' or 'nfs'" })
  .describe('How both nodes come to the same files')

const account = z.strictObject({
  user: z.string().regex(/^[\w.-]{1,32}$/, 'a name of letters, digits and - _ .'),
  password: secret,
  database: z
    .string()
    .regex(/^\w{1,64}$/, 'a name of letters, digits and _')
    .describe('It is made where it is not there yet; the account may do anything in it'),
  from: z
    .array(z.string().regex(/^[\d.%]+$/, 'an address, or a pattern such as 192.168.56.%'))
    .min(1)
    .describe('Addresses of the clients: both application nodes, and their VIP'),
})

const accounts = z
  .array(account)
  .default([])
  .describe('Who uses the database over the network; the server listens there only if somebody does')

const sharedDisk = z.strictObject({ mode: z.literal('shared-disk'), accounts })

const remote = z.strictObject({
  mode: z.literal('remote'),
  address: z.ipv4().describe('The VIP of the cluster that runs the database'),
})

const replication = z.strictObject({
  mode: z.literal('replication'),
  accounts,
  user: word.default('replication').describe('The account by which each node reads all of the other one'),
  password: secret
    .refine(
      // The limit is that of CHANGE MASTER; the signs are those that need no quoting in SQL and in option files.
      (password) => /^[A-Za-z0-9!#$%&()*+,./:;<=>?@^_{|}~-]{16,32}$/.test(password.reveal()),
      '16 to 32 letters, digits and signs, without blanks, quotes and backslashes',
    )
    .describe('Its password'),
  semi_sync: z
    .boolean()
    .default(false)
    .describe('A commit waits until the peer has received it, for 10 seconds at most'),
})

const database = z
  .discriminatedUnion('mode', [sharedDisk, replication, remote], {
    error: "one of the modes 'shared-disk', 'replication' and 'remote'",
  })
  .describe('How both nodes come to the same data')

const heartbeat = z.strictObject({
  key: secret
    .refine(
      (key) => /^[\x21-\x7e]{16,}$/.test(key.reveal()),
      'at least 16 letters, digits and signs without blanks',
    )
    .describe('By it the nodes know each other'),
  cards: z.array(card).describe('The cards over which the nodes hear each other, two at least'),
  ping: z
    .array(z.ipv4())
    .min(1, 'one address at least')
    .describe('What a node must reach to be of use: the gateway'),
  keepalive: seconds.default(1).describe('Seconds between two heartbeats'),
  warntime: seconds.default(5).describe('A heartbeat that is later than this is logged'),
  deadtime: seconds.default(10).describe('A node that is silent for longer is dead'),
  initdead: seconds
    .default(120)
    .describe('The same while a node boots; with fencing it waits until it has heard its peer'),
  udpport: port.default(694),
})

const parameter = z
  .union([z.string(), z.number(), secret])
  .refine((value) => /^[^\s#]\S*$/.test(reveal(value)), {
    error: 'one word: heartbeat takes a blank for the end of a parameter',
  })
const parameters = z.record(word, parameter)

/** @param {string | number | Secret} value */
function reveal(value) {
  return value instanceof Secret ? value.reveal() : `${value}`
}

const stonith = z.strictObject({
  kind: z.literal('stonith'),
  plugin: z
    .string()
    .regex(/^\w+(\/[\w.-]+)?$/, 'a plugin of cluster-glue, such as external/ipmi: see stonith -L')
    .describe('What resets a node; it has to be there already unless it is of the package'),
  parameters: parameters.default({}).describe('Those of all nodes; passwords as !secret'),
})

const repository = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'letters, digits and - _'),
  baseurls: z.array(z.string()).min(1).describe('http:, https: or file:'),
  key: z.string().optional().describe('The armored public key of who signs its packages'),
  trusted: z.boolean().default(false).describe('Its packages are not signed, and taken nevertheless'),
})

export const variables = z.strictObject({
  platform: z
    .enum(['debian-11', 'debian-12', 'debian-13', 'el6', 'el7', 'el8', 'el9', 'el10'])
    .default('debian-12')
    .describe('What the node runs; a run compares'),
  repositories: z
    .array(repository)
    .default([])
    .describe('Repositories of RPM packages beside those of the platform: one with heartbeat'),
  cluster: word.default('cluster').describe('Which pair the node belongs to, where an inventory has several'),
  address: z.ipv4().describe('Address of this node on the network of the service'),
  replication_address: z
    .ipv4()
    .optional()
    .describe('Address of this node for DRBD, best on a link of its own'),
  disk: path.optional().describe('The disk that DRBD replicates; best by /dev/disk/by-id'),
  server_id: z
    .int()
    .min(1)
    .max(4_294_967_295)
    .optional()
    .describe('Tells this node from all others whose databases replicate'),
  home: z.string().describe('The node that runs the service first; `uname -n` of one of the two'),
  vip,
  storage: storage.optional(),
  database: database.prefault({ mode: 'shared-disk' }),
  heartbeat,
  fencing: z
    .preprocess(
      (value) => (value === 'none' ? { kind: 'none' } : value),
      z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('none') }), stonith], {
        error:
          "it has to be said: 'none' (see the conclusion of a run), or { kind: stonith, plugin, parameters }",
      }),
    )
    .transform((value) => (value.kind === 'none' ? value.kind : value))
    .describe('How a node makes sure that its silent peer is really off'),
  fence: parameters
    .optional()
    .describe(
      'Parameters of the device that resets this node, beside those of fencing: where its own BMC is',
    ),
  application: z
    .union([z.enum(['nagios', 'opsview']), application], {
      error: 'nagios, opsview, or an object with packages, services, groups, users and share',
    })
    .optional()
    .describe('What the cluster runs beside a database'),
  masters: masters.optional(),
})

/** @typedef {import('runsheet').z.infer<typeof variables>} Variables */
/** @typedef {import('runsheet').z.infer<typeof storage>} Storage */
/** @typedef {import('runsheet').z.infer<typeof drbd>} Drbd */
/** @typedef {import('runsheet').z.infer<typeof account>} Account */
/** @typedef {import('runsheet').z.infer<typeof replication>} Replication */
/** @typedef {import('runsheet').z.infer<typeof lun>} Lun */
/** @typedef {import('runsheet').z.infer<typeof nfs>} Nfs */
/** @typedef {import('runsheet').z.infer<typeof stonith>} Stonith */
/** @typedef {import('runsheet').Host<Variables>} Node */
/** @typedef {import('runsheet').KnownHost<Variables>} KnownNode */
