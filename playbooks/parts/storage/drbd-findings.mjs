// What is the matter with a mirrored disk. The words are those of /proc/drbd of DRBD 8.4.

/** @typedef {import('../cluster.mjs').Look} Look */
/** @typedef {import('../cluster.mjs').Said} Said */
/** @typedef {import('../cluster.mjs').Finding} Finding */
/** @typedef {{ name: string, said: Said, role: string, disk: string, peerDisk: string }} Copy one node's, and what it knows of the other */

const ONE_SIDE = 'what one of the two has written'

/**
 * @param {string} resource
 * @param {readonly Look[]} looks
 * @returns {Finding[]}
 */
export function drbdFindings(resource, looks) {
  const copies = looks.flatMap(({ name, said }) => (said ? [copyOf(name, said)] : []))
  const primaries = copies.filter(({ role }) => role === 'Primary').map(({ name }) => name)
  const mounted = copies.filter(({ said }) => said.mounted === 'yes').map(({ name }) => name)
  return [
    ...(primaries.length > 1
      ? [critical(`DRBD ${resource} is Primary on ${primaries.join(' and ')}: two nodes write`, ONE_SIDE)]
      : []),
    ...(mounted.length > 1
      ? [critical(`the file system is mounted on ${mounted.join(' and ')}`, ONE_SIDE)]
      : []),
    ...copies.flatMap((copy) => [
      ...held(resource, copy, looks),
      ...connection(resource, copy, looks),
      ...disk(resource, copy),
    ]),
    ...unused(copies),
  ]
}

/** @param {string} name @param {Said} said @returns {Copy} */
function copyOf(name, said) {
  const [role = ''] = (said.roles ?? '').split('/')
  const [disk = '', peerDisk = ''] = (said.disks ?? '').split('/')
  return { name, said, role, disk, peerDisk }
}

/** @param {readonly Look[]} looks @param {string} name */
function peerOf(looks, name) {
  return looks.find((look) => look.name !== name)?.name ?? 'its peer'
}

/** @param {string} resource @param {Copy} copy @param {readonly Look[]} looks @returns {Finding[]} */
function held(resource, { name, said }, looks) {
  if (said.held !== 'yes') return []
  const peer = peerOf(looks, name)
  const what =
    `DRBD ${resource} of ${name} holds all writes until it hears ${peer} or has had it reset; where ${peer} is off for sure ` +
    `and cannot be reset: 'drbdadm resume-io ${resource}' on ${name}`
  return [critical(what)]
}

/** @param {string} resource @param {Copy} copy @param {readonly Look[]} looks @returns {Finding[]} */
function connection(resource, { name, said, role }, looks) {
  const peer = peerOf(looks, name)
  const behind = { lost: `what ${peer} has not got: ${amount(said)}` }
  switch (said.connection) {
    case 'Connected':
      return []
    case 'StandAlone':
      return [
        critical(
          `DRBD ${resource} of ${name} is StandAlone: it refuses its peer, as after a split brain`,
          ONE_SIDE,
        ),
      ]
    case '':
    case undefined:
      return [{ severity: 'warning', what: `DRBD ${resource} is not up on ${name}` }]
    case 'SyncSource':
    case 'PausedSyncS':
      return [{ severity: 'warning', what: copying(resource, peer, said), ...behind }]
    case 'VerifyS':
    case 'VerifyT':
      return [
        { severity: 'warning', what: `DRBD ${resource} compares its copies on ${name}`, harmless: true },
      ]
    default:
      return [
        {
          severity: 'warning',
          what: `DRBD ${resource} of ${name} is not connected (${said.connection})`,
          ...(role === 'Primary' && behind),
        },
      ]
  }
}

/** DRBD 8 may miss the end of a copy, which the node that was copied to tells once. @param {string} resource @param {string} peer @param {Said} said */
function copying(resource, peer, said) {
  const what = `${peer} is being copied to, ${amount(said)} are left`
  if (said.connection !== 'SyncSource' || said.oos !== '0') return what
  return `${what}: if this stays so, have ${peer} tell its end again: 'drbdadm pause-sync ${resource} && drbdadm resume-sync ${resource}' there`
}

/** @param {string} resource @param {Copy} copy @returns {Finding[]} */
function disk(resource, { name, said, role, disk }) {
  if (disk === 'UpToDate' || !said.connection) return []
  const uses = role === 'Primary' && said.connection === 'Connected'
  const what =
    disk === 'Diskless' || disk === 'Failed'
      ? `${name} has lost its disk of DRBD ${resource}${uses ? ' and works with that of its peer' : ''}`
      : `the copy of DRBD ${resource} on ${name} is ${disk}`
  return [
    {
      severity: 'warning',
      what,
      lost: uses ? 'nothing, but one copy is left' : `all that ${name} has not got`,
    },
  ]
}

/** The service is to be where the disk is used. @param {readonly Copy[]} copies @returns {Finding[]} */
function unused(copies) {
  return copies.flatMap(({ name, said, role }) => {
    const holds = said.vip === 'yes'
    if (holds && role !== 'Primary')
      return [critical(`${name} holds the address, and its disk is ${role || 'not there'}`)]
    if (holds && said.mounted !== 'yes')
      return [critical(`${name} holds the address, and nothing is mounted`)]
    if (!holds && (role === 'Primary' || said.mounted === 'yes'))
      return [critical(`${name} uses the disk, and does not hold the address`)]
    return []
  })
}

/** @param {Said} said */
function amount({ oos }) {
  return oos ? `${oos} KiB` : 'nobody knows how much'
}

/** @param {string} what @param {string} [lost] @returns {Finding} */
function critical(what, lost) {
  return { severity: 'critical', what, ...(lost && { lost }) }
}
