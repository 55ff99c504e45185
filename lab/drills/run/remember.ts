import { isShared } from '../faults.ts'
import type { Ground } from './ground.ts'

type Blow = Parameters<Ground['inject']>

type Remembering = {
  readonly ground: Ground
  /** Ends all faults that are still there; rejects if one cannot be ended. */
  readonly endLeft: () => Promise<void>
  /** As endLeft, after those that are on their way; nothing is begun after it. */
  readonly endAll: () => Promise<void>
}

/** Remembers the faults of a ground, for who goes on after a drill that has left one, or ends the program in the middle. */
export const remember = (ground: Ground): Remembering => {
  const known: Blow[] = []
  const begun = new Set<Promise<void>>()
  let over = false
  const inject = async (...what: Blow): Promise<void> => {
    if (over) throw new Error('the drill was interrupted')
    known.push(what)
    const strike = ground.inject(...what)
    begun.add(strike)
    await strike
  }
  const play: Ground['play'] = (...what) =>
    over ? Promise.reject(new Error('the drill was interrupted')) : ground.play(...what)
  const heal = async (...what: Blow): Promise<void> => {
    await ground.heal(...what)
    const index = known.findIndex(
      ([blow, , node]) => blow === what[0] && (isShared(blow.fault) || node === what[2]),
    )
    if (index >= 0) known.splice(index, 1)
  }
  // What it did on the shared storage ends wherever that is by now, and fails on any other node.
  const endOf = async ([blow, cluster, node]: Blow): Promise<void> => {
    const nodes = isShared(blow.fault) ? cluster.nodes : [node]
    await Promise.any(nodes.map((one) => heal(blow, cluster, one))).catch((error: AggregateError) => {
      throw error.errors[0]
    })
  }
  const endLeft = async (): Promise<void> => {
    const ends = await Promise.allSettled([...known].reverse().map(endOf))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
  }
  const endAll = async (): Promise<void> => {
    over = true
    await Promise.allSettled(begun) // one that is on its way would come after its end
    await endLeft()
  }
  return { ground: { ...ground, inject, heal, play }, endLeft, endAll }
}
