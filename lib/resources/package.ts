import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { apt } from './apt.ts'
import { problemsOf } from './checks.ts'

/**
 * Packages of the distribution; for now those of Debian and its kin. Files of the configuration that a person
 * has changed stay as they are.
 *
 * @example pkg({ names: ['heartbeat', 'drbd-utils'], startServices: false })
 */
export interface Package {
  /** As the package manager knows them. */
  names: string | readonly string[]
  /** `present` by default. An absent package may leave its configuration behind. */
  state?: 'present' | 'absent'
  /** With false no maintainer script starts a daemon, so that a cluster manager may: policy-rc.d(8). */
  startServices?: boolean
}

/** What differs from one package manager to the next. */
export interface PackageManager {
  /** The commands that the probe needs. */
  needs: string[]
  /** What a name looks like. */
  name: RegExp
  /** Prints `NAME installed`, `NAME absent` or `NAME` and what else is the matter, in the order of the names. */
  print: (names: readonly string[]) => Shell
  install: (names: readonly string[]) => Shell
  remove: (names: readonly string[]) => Shell
  /** Runs before the two in one subshell, where no daemon may start; ends its hold with that. */
  holdServices: Shell
}

/** The only one as yet. A second will be chosen on the target, as `service` chooses its manager. */
const manager: PackageManager = apt

/** `package` itself is a reserved word. @see Package */
export const pkg = defineResource<Package>({
  kind: 'package',
  id: (want) => namesOf(want).join(' '),
  problems: (want) =>
    problemsOf(
      [namesOf(want).length > 0, 'no package is named'],
      ...namesOf(want).map((name) => [manager.name.test(name), `no package can be called ${name}`] as const),
    ),
  needs: () => manager.needs,
  probe: (want) => manager.print(namesOf(want)),
  expect: (want) => {
    const state = want.state === 'absent' ? 'absent' : 'installed'
    return Object.fromEntries(namesOf(want).map((name) => [name, state]))
  },
  apply: (want) => {
    const change = want.state === 'absent' ? manager.remove : manager.install
    if (want.startServices !== false) return change(namesOf(want))
    return sh`
      (
      set -e
      ${manager.holdServices}
      ${change(namesOf(want))}
      )
    `
  },
})

function namesOf({ names }: Package): readonly string[] {
  return [names].flat()
}
