// From bare machines to a cluster that serves: the plays of one cluster, in the order in which nothing can be lost.
import { play } from 'runsheet'
import { base } from './base.mjs'
import { settled } from './group.mjs'
import { heartbeatConfiguration, key, started } from './heartbeat.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */

/** @param {Cluster} cluster */
export function clusterPlays(cluster) {
  const { nodes, components } = cluster
  // One task for both nodes where it is guarded: they are judged together, on the same evidence.
  const clusterKey = key(cluster)
  const heartbeat = started(cluster)
  return [
    play('base system and configuration', nodes, (node) => [
      ...base(cluster),
      ...components.flatMap(({ configuration }) => configuration?.(cluster, node) ?? []),
      ...heartbeatConfiguration(cluster),
    ]),
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
