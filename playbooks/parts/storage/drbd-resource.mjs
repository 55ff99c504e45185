// DRBD: the same configuration on both nodes, metadata on both disks, one connection, one first copy.
import { handler, sh, text } from 'runsheet'
import { drbdState, emptyDisk, firstSync } from 'runsheet/cluster'
import { command, file, service, template } from 'runsheet/resources'
import { A_DAY } from '../a-day.mjs'
import { minorOf, readDrbd, readOutOfSync } from './conditions.mjs'
import { bootUnit, configuration, forcePrimary } from './dialects.mjs'

/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('runsheet/cluster').ReplicatedDisk} ReplicatedDisk */

/**
 * The resource as the guards know it.
 *
 * @param {Drbd} storage
 * @param {readonly Node[]} nodes
 * @returns {ReplicatedDisk}
 */
export function replicated({ resource, device, version }, nodes) {
  const disks = Object.fromEntries(nodes.map(({ name, vars }) => [name, vars.disk ?? '']))
  return { resource, minor: minorOf(device), disks, version }
}

/**
 * @param {Drbd} storage
 * @param {readonly Node[]} nodes
 */
export function drbdConfiguration(storage, nodes) {
  const { resource } = storage
  const adjust = handler(
    'DRBD takes its new configuration',
    sh`
      ${readDrbd(storage)}
      [ -z "$roles" ] || drbdadm adjust ${resource}`,
  )
  return file(
    {
      path: `/etc/drbd.d/${resource}.res`,
      content: drbdResource(storage, nodes),
      mode: '0644',
      owner: 'root',
      group: 'root',
    },
    { notify: adjust },
  )
}

/**
 * @param {Drbd} storage
 * @param {readonly Node[]} nodes
 */
export function drbdResource({ resource, device, port, version }, nodes) {
  const sections = nodes.map(
    ({ name, vars }, number) => `
  on ${name} {${
    version === '9'
      ? `
    node-id ${number};`
      : ''
  }
    disk    ${vars.disk ?? ''};
    address ${vars.replication_address ?? ''}:${port};
  }
`,
  )
  const url = new URL('../../templates/drbd.res', import.meta.url)
  return template(url, {
    ...configuration(
      version,
      nodes.some(({ vars }) => vars.fencing !== 'none'),
    ),
    resource,
    device,
    nodes: text`${sections.join('')}`,
  })
}

/**
 * @param {ReplicatedDisk} replicated
 * @param {import('runsheet').Guard} guard a new pair and a new machine beside data differ in what must hold
 */
export function metadata(replicated, guard = emptyDisk(replicated)) {
  const { resource } = replicated
  return command(
    {
      name: `metadata of DRBD resource ${resource}`,
      unless: sh`drbdadm get-gi ${resource}`,
      // Without --force, and with nobody to answer its question, it refuses by itself where it finds anything.
      run: sh`drbdadm create-md ${resource} </dev/null`,
      needs: ['drbdadm'],
    },
    { guard },
  )
}

/** @param {Drbd} storage */
export function connection(storage) {
  const { resource } = storage
  return [
    command({
      name: `DRBD resource ${resource} is up`,
      unless: sh`
        ${readDrbd(storage)}
        [ -n "$roles" ]`,
      run: sh`drbdadm up ${resource}`,
      needs: ['drbdadm'],
    }),
    connected(storage),
    // Brings DRBD up at boot, as a secondary, before heartbeat. It waits for the peer, hence after the connection.
    service({ name: bootUnit(storage), running: true, enabled: true }),
  ]
}

/** @param {Drbd} storage */
export function connected(storage) {
  return command({
    name: `DRBD resource ${storage.resource} is connected`,
    unless: isConnected(storage),
    run: awaitConnection(storage),
    needs: ['drbdadm'],
  })
}

/** @param {Drbd} storage */
export function isConnected(storage) {
  return sh`
    ${readDrbd(storage)}
    case $connection in Connected | SyncSource | SyncTarget | PausedSync[ST] | Verify[ST]) ;; *) false ;; esac`
}

/** @param {Drbd} storage */
export function awaitConnection(storage) {
  return sh`
    tries=60
    until
      ${isConnected(storage)}
    do
      case $connection in StandAlone)
        echo 'DRBD does not talk to its peer (StandAlone), most often after a split brain: a person has to' >&2
        echo 'choose whose changes are lost; see the kernel log of both nodes' >&2
        exit 1 ;;
      esac
      tries=$((tries - 1))
      [ $tries -gt 0 ] || { echo "no connection to the peer: $connection" >&2; exit 1; }
      sleep 1
    done`
}

/**
 * @param {Drbd} storage
 * @param {ReplicatedDisk} replicated
 */
export function firstSynchronization(storage, replicated) {
  const { resource } = storage
  return command(
    {
      name: `first copy of DRBD resource ${resource}`,
      unless: sh`case $(drbdadm get-gi ${resource}) in 0000000000000004:* | '') false ;; esac`,
      run: forcePrimary(storage),
      needs: ['drbdadm'],
    },
    { guard: firstSync(replicated) },
  )
}

/** @param {Drbd} storage */
export function copiesAreGood(storage) {
  return command(
    {
      name: `both copies of DRBD resource ${storage.resource} are good`,
      unless: isReplicated(storage),
      run: awaitCopy(storage),
    },
    { timeout: A_DAY },
  )
}

/** @param {Drbd} storage */
function isReplicated(storage) {
  return sh`
    ${readDrbd(storage)}
    [ "$disks" = UpToDate/UpToDate ]`
}

/**
 * A large disk takes hours: it may, as long as it advances. The kernel counts what is out of sync.
 *
 * @param {Drbd} storage
 */
function awaitCopy(storage) {
  return sh`
    least= idle=0
    until
      ${isReplicated(storage)}
    do
      ${readOutOfSync(storage)}
      if [ -n "$oos" ] && { [ -z "$least" ] || [ "$oos" -lt "$least" ]; }; then
        least=$oos idle=0
        echo "$oos KiB are left to copy"
      fi
      idle=$((idle + 5))
      [ $idle -le 300 ] || { echo "the copy does not advance: $connection, disks $disks" >&2; exit 1; }
      sleep 5
    done`
}

/**
 * Prints how many KiB of this copy have changed without the peer, or are left to be copied.
 *
 * @param {Drbd} storage
 */
export function outOfSync({ device, version }) {
  return sh`${drbdState(version)} | sed -n ${`/^ *${minorOf(device)}: /,/oos:/s/.* oos:\\([0-9]*\\).*/\\1/p`}`
}
