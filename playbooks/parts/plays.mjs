// From bare machines to clusters that serve: the plays in the order in which nothing can be lost.
import { play } from 'runsheet'
import { base } from './base.mjs'
import { settled } from './group.mjs'
import { heartbeatConfiguration, key, started } from './heartbeat.mjs'
import { endsForSure } from './heartbeat-stop.mjs'
import { startsAgain, startsWhenMissed } from './heartbeat-unit.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */
/** @typedef {import('./cluster.mjs').Play} Play */

/**
 * All machines are prepared at once; then one cluster after the other comes to serve.
 *
 * @param {...Cluster} clusters
 * @returns {Play[]}
 */
export function clusterPlays(...clusters) {
  const homes = clusters.flatMap((cluster) => cluster.nodes.map((node) => ({ cluster, node })))
  const clusterOf = new Map(homes.map(({ cluster, node }) => [node.name, cluster]))
  const nodes = homes.map(({ node }) => node)
  return [
    play('base system and configuration', nodes, (node) => {
      const cluster = clusterOf.get(node.name)
      return cluster ? baseOf(cluster, node) : []
    }),
    ...clusters.flatMap((cluster) =>
      serve(cluster).map((one) =>
        clusters.length > 1 ? { ...one, name: `${cluster.name}: ${one.name}` } : one,
      ),
    ),
  ]
}

/**
 * What a node has before anybody serves.
 *
 * @param {Cluster} cluster
 * @param {import('./variables.mjs').Node} node
 */
export function baseOf(cluster, node) {
  return [
    ...base(cluster),
    ...startsAgain(),
    startsWhenMissed(cluster.heartbeat),
    ...endsForSure(node.vars),
    ...cluster.components.flatMap(({ configuration }) => configuration?.(cluster, node) ?? []),
    ...heartbeatConfiguration(cluster),
  ]
}

/** @param {Cluster} cluster */
function serve(cluster) {
  const { nodes, components } = cluster
  // One task for both nodes where it is guarded: they are judged together, on the same evidence.
  const clusterKey = key(cluster)
  const heartbeat = started(cluster)
  return [
    play('cluster key', nodes, () => [clusterKey]),
    ...components.flatMap(({ prepare }) => prepare?.(cluster) ?? []),
    ...components.toReversed().flatMap(({ release }) => release?.(cluster) ?? []),
    play('heartbeat', nodes, () => [heartbeat]),
    play('settled', nodes, () => [
      settled(cluster),
      ...components.flatMap(({ settle }) => settle?.(cluster) ?? []),
    ]),
  ]
}
