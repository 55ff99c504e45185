import type { FaultName } from '../faults.ts'
import { type Evidence, pass, unknown, type Verdict } from './evidence.ts'
import type { Sample } from './sample.ts'
import type { Observed } from './spans.ts'

// Whether a fault had its effect: a drill whose fault did nothing shows nothing, and is not passed.

const STARTS_ANEW: readonly FaultName[] = ['power-cut', 'reset', 'restart-wanted']

/** A node that lost its power, or has to be restarted, must show another boot, and so must one of two that fencing parts. Pure. */
export const startedAnew = ({ row, samples, active, standby, injected }: Evidence): Verdict => {
  const nodes = row.drill.faults
    .filter(({ fault }) => STARTS_ANEW.includes(fault))
    .flatMap(({ on }) => (on === 'both' ? [active, standby] : [on === 'active' ? active : standby]))
  const isSame = (node: string): boolean => {
    const own = samples.filter((sample) => sample.node === node)
    return own.findLast(({ sent }) => sent < injected)?.boot === own.at(-1)?.boot
  }
  const same = nodes.filter(isSame)
  if (same.length > 0) return unknown(`never seen to start anew: ${same.join(', ')}`)
  const spared = row.drill.needs.includes('fenced') && row.cluster.nodes.every(isSame)
  return spared ? unknown('no node was seen to start anew, though one has to be fenced') : pass('')
}

const signs = {
  outdated: ({ disk }: Sample) => disk === 'Outdated',
  diskless: ({ disk }: Sample) => disk === 'Diskless',
  apart: ({ connection }: Sample) => connection !== '' && connection !== 'Connected',
}

type Struck = Pick<Evidence, 'row' | 'samples' | 'databases' | 'injected' | 'healed'>

const under = <One extends Observed>(samples: readonly One[], { injected, healed }: Struck): One[] =>
  samples.filter(({ sent, received }) => sent > injected && received < healed)

/** A copy of DRBD has to be seen as the drill says it becomes. Pure. */
export const copyWasStruck = (evidence: Struck): Verdict => {
  const { drill, cluster } = evidence.row
  const { evident } = drill
  if (!evident || !(evident in signs) || !cluster.traits.includes('drbd')) return pass('')
  return under(evidence.samples, evidence).some(signs[evident as keyof typeof signs])
    ? pass('')
    : unknown(`DRBD was never seen ${evident} under the fault`)
}

/** A replica has to be seen stopped where the drill stops it. Pure. */
export const replicaWasStopped = (evidence: Struck): Verdict =>
  evidence.row.drill.evident !== 'stopped' ||
  under(evidence.databases, evidence).some(({ sql }) => sql === 'No')
    ? pass('')
    : unknown('the replication was never seen stopped under the fault')

/** What was killed has to be seen gone: a unit that heartbeat starts, or the server of a node that replicates. Pure. */
export const serviceWasKilled = (evidence: Struck & Pick<Evidence, 'active'>): Verdict => {
  const { drill, cluster } = evidence.row
  if (drill.evident !== 'killed') return pass('')
  const lacks = ({ node, units }: Sample) =>
    node === evidence.active && cluster.units.some((unit) => !units.includes(unit))
  const gone =
    under(evidence.samples, evidence).some(lacks) ||
    under(evidence.databases, evidence).some(({ node, answers }) => node === evidence.active && !answers)
  return gone ? pass('') : unknown('what was killed was never seen gone under the fault')
}

/** Whether all has been seen that a drill has to show under its fault. Pure. */
export const tookEffect = (evidence: Struck & Pick<Evidence, 'active'>): boolean =>
  [copyWasStruck, replicaWasStopped, serviceWasKilled].every((one) => one(evidence).state === 'pass')
