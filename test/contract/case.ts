import type { Task } from '../../lib/resource/contract.ts'
import type { Shell } from '../../lib/shell/sh.ts'

/**
 * What a case runs on. All but `lab` are containers: `debian` has Debian's own packages and apt with a small
 * archive of its own, `rpm` has dnf and rpm and neither dpkg nor apt, `sysv` was booted by sysvinit-core and
 * `systemd` by systemd. `lab` is a virtual machine, for what belongs to a kernel.
 */
export type MachineKind = 'debian' | 'rpm' | 'sysv' | 'systemd' | 'lab'

/** One way to spoil what has converged. */
export interface Drift {
  /** The one field that differs after it, as the resource's `expect` calls it. */
  field: string
  /** Runs as root under `set -e`. */
  by: Shell
}

/**
 * A wish that the contract is proven with; see `contractOn` for what is asserted of it. The cases of a machine
 * run one after another on the same machine, so each keeps to files and names of its own.
 */
export interface ContractCase {
  /** What is special in this case, as a person reads it. */
  name: string
  machine: MachineKind
  /** Puts the machine into a state in which the wish is not met; as root under `set -e`. */
  prepare?: Shell
  task: () => Task
  /** Each is found and repaired alone, whatever else could have been touched. */
  drift: readonly Drift[]
  /**
   * The same kind of wish with a name that holds blanks, quotes, `$()`, a newline, UTF-8 or a leading dash. It is
   * not met on a machine on which the case itself has run. A name that the resource refuses in `problems` has survived, too.
   */
  hostile?: (name: string) => Task
}

/** A wish that must not be fulfilled: the host stays as it is, and the error says why. */
export interface Refusal {
  /** What is refused, as a person reads it. */
  name: string
  machine: MachineKind
  /** Puts the machine into the state that is in the way; as root under `set -e`. */
  prepare: Shell
  task: () => Task
  /** What the target says on stderr. */
  reason: RegExp
}

/** What a file of `cases/` exports. */
export interface Cases {
  cases: readonly ContractCase[]
  refusals?: readonly Refusal[]
}
