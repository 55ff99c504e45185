import type { Secret } from '../secret.ts'
import type { Hop } from './hops.ts'

/** What all connections of one run share. */
export interface Reach {
  /** Adds the key of a host that is not known to known_hosts, in place of refusing it. */
  acceptNew: boolean
  /** Tells people what happens on the way to a host. */
  tell: (line: string) => void
  /** Of the login user, where the inventory gives none. */
  password: Secret | undefined
  /** For sudo or su, where the inventory gives none. */
  becomePassword: Secret | undefined
  /** Of encrypted private keys, by their files. */
  passphrases: Map<string, Secret>
  /** Logins on jump hosts, which many hosts behind them share. */
  hops: Map<string, Hop>
}

/** @param changes what differs from asking nobody and accepting nothing */
export function newReach(changes: Partial<Reach> = {}): Reach {
  return {
    acceptNew: false,
    tell: () => {},
    password: undefined,
    becomePassword: undefined,
    passphrases: new Map(),
    hops: new Map(),
    ...changes,
  }
}
