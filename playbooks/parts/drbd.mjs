// DRBD: the same configuration on both nodes, metadata on both disks, one connection, one first copy.
import { handler, sh, text } from 'runsheet'
import { emptyDisk, firstSync } from 'runsheet/cluster'
import { command, file, service, template } from 'runsheet/resources'
import { readDrbd } from './conditions.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */

/** @param {Cluster} cluster */
export function drbdConfiguration(cluster) {
  const { resource } = cluster.replicated
  const adjust = handler(
    'DRBD takes its new configuration',
    sh`
      ${readDrbd(cluster)}
      [ -z "$roles" ] || drbdadm adjust ${resource}`,
  )
  return file(
    {
      path: `/etc/drbd.d/${resource}.res`,
      content: drbdResource(cluster),
      mode: '0644',
      owner: 'root',
      group: 'root',
    },
    { notify: adjust },
  )
}

/** @param {Cluster} cluster */
export function drbdResource({ nodes, storage }) {
  const { resource, device, port } = storage
  const sections = nodes.map(
    ({ name, vars }) => `
  on ${name} {
    disk    ${vars.disk};
    address ${vars.replication_address}:${port};
  }
`,
  )
  const url = new URL('../templates/drbd.res', import.meta.url)
  return template(url, { resource, device, nodes: text`${sections.join('')}` })
}

/** @param {Cluster} cluster */
export function metadata({ replicated }) {
  const { resource } = replicated
  return command(
    {
      name: `metadata of DRBD resource ${resource}`,
      unless: sh`drbdadm get-gi ${resource}`,
      // Without --force, and with nobody to answer its question, it refuses by itself where it finds anything.
      run: sh`drbdadm create-md ${resource} </dev/null`,
      needs: ['drbdadm'],
    },
    { guard: emptyDisk(replicated) },
  )
}

/** @param {Cluster} cluster */
export function connection(cluster) {
  const { resource } = cluster.replicated
  return [
    command({
      name: `DRBD resource ${resource} is up`,
      unless: sh`
        ${readDrbd(cluster)}
        [ -n "$roles" ]`,
      run: sh`drbdadm up ${resource}`,
      needs: ['drbdadm'],
    }),
    command({
      name: `DRBD resource ${resource} is connected`,
      unless: isConnected(cluster),
      run: awaitConnection(cluster),
      needs: ['drbdadm'],
    }),
    // Brings DRBD up at boot, as a secondary, before heartbeat. It waits for the peer, hence after the connection.
    service({ name: 'drbd', running: true, enabled: true }),
  ]
}

/** @param {Cluster} cluster */
function isConnected(cluster) {
  return sh`
    ${readDrbd(cluster)}
    case $connection in Connected | SyncSource | SyncTarget | PausedSync[ST] | Verify[ST]) ;; *) false ;; esac`
}

/** @param {Cluster} cluster */
function awaitConnection(cluster) {
  return sh`
    tries=60
    until
      ${isConnected(cluster)}
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

/** @param {Cluster} cluster */
export function firstSynchronization({ replicated }) {
  const { resource } = replicated
  return command(
    {
      name: `first copy of DRBD resource ${resource}`,
      unless: sh`case $(drbdadm get-gi ${resource}) in 0000000000000004:* | '') false ;; esac`,
      run: sh`drbdadm primary --force ${resource}`,
      needs: ['drbdadm'],
    },
    { guard: firstSync(replicated) },
  )
}
