import type { FaultName } from './faults.ts'

/** Which nodes of the cluster a fault befalls: by what they were when the drill began. */
export type Role = 'active' | 'standby' | 'both'

/**
 * One fault on some nodes. `network` narrows a cable to one network of the topology. A `late` one comes when something was
 * acknowledged without the nodes that were struck before.
 */
export type Blow = {
  readonly fault: FaultName
  readonly on: Role
  readonly network?: string
  readonly late?: true
}

/** What a cluster has, as its inventory says it; a drill that needs something else does not fit it. */
export type Trait =
  | 'drbd'
  /** Each node has data of its own: mirrored by DRBD, or replicated by the database. */
  | 'mirrored'
  | 'lun'
  | 'files'
  | 'database'
  | 'replication'
  | 'semi-sync'
  | 'nagios'
  | 'fenced'
  | 'unfenced'
  | 'apt'

/** What is observed, by the letters of the acceptance matrix. */
export const observables = {
  V: 'exactly one node holds the address',
  P: 'one Primary, both copies UpToDate in the end',
  S: 'services run only where the address is',
  L: 'nothing acknowledged is lost, nothing was found that nobody wrote',
  R: 'one database takes writes, the other one follows',
  T: 'seconds without an acknowledged write',
  C: 'no forbidden line in the logs, status is well, and --check finds nothing',
} as const

export type Observable = keyof typeof observables

/**
 * What must be seen. `holder`: where the address is before anything is healed. `lost`: `none`; `tail`: a database that
 * replicates may lack the last rows that were acknowledged, listed, unless its commits wait for the replica (semi-sync); `victim`: what one side of a split wrote, listed.
 */
export type Expectation = {
  readonly holder: 'stays' | 'moves' | 'any' | 'two' | 'none'
  readonly lost: 'none' | 'tail' | 'victim'
  /**
   * How often the address moves from the fault to the end. If not given: never where it stays, once where it moves, else at
   * most once; in a split it is not counted.
   */
  readonly moves?: number
  /** The fault holds up who writes, by its nature: nobody has to be served under it. */
  readonly waits?: true
  /** The active node loses its peer: with fencing DRBD holds its writes until that one is outdated, or has been reset. */
  readonly alone?: true
  /** Budget on hardware with a deadtime of 10 s; emulated machines are not judged by it. */
  readonly seconds: number
}

/**
 * A playbook that brings the cluster back, or that an operator runs, and what `-e` says. `own` stands for the playbook that
 * made the cluster; `idle` for the node that does not serve at that moment: after a split or a restart heartbeat decides
 * which one that is.
 */
export type Recovery = {
  readonly playbook: string
  readonly extra: Readonly<Record<string, string>>
  /** On a cluster that has this; on others it is left out. */
  readonly needs?: Trait
  /** It has to find nothing to change. */
  readonly quiet?: true
}

/** One row of the acceptance matrix, as data. */
export type Drill = {
  readonly name: string
  /** What it shows, in one line. */
  readonly shows: string
  readonly needs: readonly Trait[]
  readonly faults: readonly Blow[]
  /** Seconds for which the fault stays where nothing has to move. */
  readonly hold: number
  readonly expect: Expectation
  /**
   * What has to be seen under the fault: a copy of DRBD that is outdated, without its disk or apart from the other one, a
   * replica stopped, a service killed. Where nothing has to move, nothing else tells that the fault took effect.
   */
  readonly evident?: 'outdated' | 'diskless' | 'apart' | 'stopped' | 'killed'
  /**
   * Faults end in reverse order, or with the nodes of this role first, which then have the time to serve alone. The standby must
   * not, and the active node has to serve in the end where it is the home of the service: heartbeat gives it to that one.
   */
  readonly first?: Role
  /** Under the fault, a playbook has to refuse to go on, with this reason. */
  readonly refused?: Pick<Recovery, 'playbook' | 'extra'> & { readonly reason: RegExp }
  readonly recovery: readonly Recovery[]
  /** Lines of the log that are otherwise forbidden and belong to this fault. */
  readonly allows?: readonly RegExp[]
}
