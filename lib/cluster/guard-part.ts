import type { Guard } from '../resource/contract.ts'

/** What one thing that is asked adds to a guard; several guards ask it. */
export type GuardPart = Required<Pick<Guard, 'ask' | 'refuse' | 'demands'>>

/** Puts a guard together: it refuses where one of its parts does. */
export function guardOf(
  what: Pick<Guard, 'protects' | 'hosts' | 'recheck'>,
  parts: readonly GuardPart[],
): Guard {
  return {
    ...what,
    ask: Object.fromEntries(parts.flatMap(({ ask }) => Object.entries(ask))),
    // A silent host is a reason for each part, and one is enough.
    refuse: (evidence, host) => [...new Set(parts.flatMap(({ refuse }) => refuse(evidence, host)))],
    demands: parts.flatMap(({ demands }) => demands),
  }
}
