// A rolling update: the standby, one switchover, and then the other node, which is the standby by then. Each play looks
// who that is at its moment, so an update that was interrupted goes on where it is.
import { play, playFromFacts, sh } from 'runsheet'
import { assert, command, pkg, reboot } from 'runsheet/resources'
import { byCluster, clusterOf } from '../cluster.mjs'
import { saidOf } from '../group.mjs'
import { afterwards, mayTakeOver, switched } from '../switchover.mjs'
import { modulesAreThere, oldLists, restartReasons, untold, upgradesIn } from './questions.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../variables.mjs').Variables & { packages: import('./questions.mjs').Extent }} Update */
/** @typedef {import('runsheet').Host<Update>} Node */
/** @typedef {import('runsheet').KnownHost<Update>} KnownNode */
/** @typedef {import('runsheet').Play<Update>} Play */
/** @typedef {(node: KnownNode, active: KnownNode) => import('runsheet').Task[]} Tasks of a standby */

/**
 * @param {readonly Node[]} all
 * @returns {Play[]}
 */
export function updating(all) {
  return byCluster(all).flatMap((nodes) => {
    const cluster = clusterOf(nodes)
    const standby = update(cluster, nodes)
    // The parts know the variables of every cluster, and this playbook has one more.
    return /** @type {Play[]} */ ([
      play('lists of packages', nodes, () => [freshLists()]),
      ...standby,
      onStandby('switchover', nodes, (node, active) =>
        needsNothing(active) ? [] : [switched(cluster, node)],
      ),
      ...afterwards(cluster),
      ...standby,
    ])
  })
}

/**
 * What is done to a standby is guarded as a switchover to it is: the other node serves, and has every write.
 *
 * @param {Cluster} cluster
 * @param {readonly Node[]} nodes
 */
function update(cluster, nodes) {
  return [
    onStandby('packages of the standby', nodes, (node) => upgraded(cluster, node)),
    onStandby('modules of the standby', nodes, () => [bootable(cluster)]),
    onStandby('restart of the standby', nodes, (node) => [restarted(cluster, node)]),
    play('heard again', nodes, (node) => [heard(cluster, node)]),
    ...afterwards(cluster),
  ]
}

/**
 * @param {string} name
 * @param {readonly Node[]} nodes
 * @param {Tasks} tasks
 */
function onStandby(name, nodes, tasks) {
  return playFromFacts(name, nodes, (node, all) => {
    const pair = all.filter((one) => nodes.some((own) => own.name === one.name))
    const [active, ...more] = pair.filter(holds)
    if (!active || more.length > 0) return [unclear()]
    const [why] = untold(pair)
    if (why !== undefined) return [unknown(why)]
    return active.name === node.name ? [] : tasks(node, active)
  })
}

/** @param {KnownNode} node */
function holds({ facts }) {
  return saidOf(facts.group?.stdout ?? '').vip === 'yes'
}

function unclear() {
  return assert({
    that: 'exactly one node of the cluster holds its address',
    test: sh`false`,
    otherwise: 'see playbooks/status.mjs',
  })
}

/** @param {string} why */
function unknown(why) {
  return assert({
    that: 'both nodes tell what is to be updated',
    test: sh`false`,
    otherwise: why,
  })
}

/** @param {KnownNode} node */
function needsNothing({ facts }) {
  return facts.pending?.stdout.trim() === '' && facts.restart?.stdout.trim() === ''
}

function freshLists() {
  return command({
    name: 'the lists of packages are of this hour',
    unless: sh`
      old=$(
        ${oldLists}
      ) && [ -z "$old" ]`,
    run: sh`
      apt-get -q -o DPkg::Lock::Timeout=120 update
      touch /var/lib/apt/lists/partial`,
  })
}

/** @param {Cluster} cluster @param {KnownNode} node */
function upgraded(cluster, node) {
  const names = upgradesIn(node.facts.pending?.stdout ?? '').map(({ name, to }) => `${name}=${to}`)
  // No service starts by a package: heartbeat starts them, where they belong.
  return names.length > 0 ? [pkg({ names, startServices: false }, { guard: mayTakeOver(cluster, node) })] : []
}

/** @param {Cluster} cluster */
function bootable(cluster) {
  return assert({
    that: `the kernel that boots next has ${cluster.modules.join(' and ') || 'all it needs'}`,
    test: modulesAreThere(cluster),
    otherwise: 'install the module for it first, or the node comes back without its disk',
  })
}

/** @param {Cluster} cluster @param {KnownNode} node */
function restarted(cluster, node) {
  const needed = sh`
    reasons=$(
      ${restartReasons(cluster)}
    ) || exit 75
    [ -n "$reasons" ]`
  return reboot({ why: 'the update asks for it', needed }, { guard: mayTakeOver(cluster, node) })
}

/** @param {Cluster} cluster @param {Node} node */
function heard({ nodes, heartbeat }, { name }) {
  const peer = nodes.find((one) => one.name !== name)?.name ?? ''
  const unless = sh`[ "$(cl_status nodestatus ${peer} 2>/dev/null)" = active ]`
  const run = sh`
    tries=${heartbeat.initdead + 300}
    until
      ${unless}
    do
      tries=$((tries - 1))
      [ $tries -gt 0 ] || { echo ${`heartbeat does not hear ${peer}`} >&2; exit 1; }
      sleep 1
    done`
  return command({ name: `heartbeat hears ${peer}`, unless, run, needs: ['cl_status'] })
}
