import { isShared } from '../faults.ts'
import type { Ground } from './ground.ts'

type Blow = Parameters<Ground['inject']>

/** A ground that knows which faults are there, and an end of all of them, after which nothing is begun. */
type Remembering = { readonly ground: Ground; readonly endAll: () => Promise<void> }

// What it did on the shared storage ends wherever that is by now.
const endOf = async (ground: Ground, [blow, cluster, node]: Blow): Promise<void> => {
  const nodes = isShared(blow.fault) ? cluster.nodes : [node]
  await Promise.all(nodes.map((one) => ground.heal(blow, cluster, one)))
}

/** Remembers the faults of a ground, for somebody who ends the program in the middle of a drill. */
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
    const index = known.findIndex(([blow, , node]) => blow === what[0] && node === what[2])
    if (index >= 0) known.splice(index, 1)
  }
  const endAll = async (): Promise<void> => {
    over = true
    await Promise.allSettled(begun) // one that is on its way would come after its end
    const ends = await Promise.allSettled([...known].reverse().map((what) => endOf(ground, what)))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
  }
  return { ground: { ...ground, inject, heal, play }, endAll }
}
