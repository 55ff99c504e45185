import type { Evidence, Guard } from '../resource/contract.ts'
import { lines, sh } from '../shell/sh.ts'

/**
 * One guard that demands what all of them demand, as where each part of a cluster has a say before all of it moves. They
 * concern the same hosts, and each names its questions otherwise.
 */
export function allOf(first: Guard, ...others: readonly Guard[]): Guard {
  const guards = [first, ...others]
  const demands = guards.flatMap((guard) => guard.demands ?? [])
  return {
    protects: [...new Set(guards.map(({ protects }) => protects))].join(' and '),
    hosts: [...new Set(guards.flatMap(({ hosts }) => hosts))],
    ask: Object.assign({}, ...guards.map(({ ask }) => ask)),
    refuse: (evidence: Evidence, host) => guards.flatMap((guard) => guard.refuse(evidence, host)),
    recheck: lines([
      ...guards.map(
        ({ recheck }) => sh`
      (
      ${recheck}
      ) || exit 1`,
      ),
    ]),
    // One without them is left to the engine, and so is what it is part of.
    ...(guards.every((guard) => guard.demands) && { demands }),
  }
}
