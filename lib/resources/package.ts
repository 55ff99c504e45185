import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { apt } from './apt.ts'
import { problemsOf } from './checks.ts'
import { rpm } from './rpm.ts'

/**
 * Packages of the distribution, by apt, dnf or yum, whichever the target has. Files of the configuration that a
 * person has changed stay as they are. What is installed is not upgraded, unless another version is named.
 *
 * @example pkg({ names: ['heartbeat=1:3.0.6-13', 'drbd-utils'], startServices: false })
 */
export interface Package {
  /** `name`, or `name=version` with the whole version as dpkg-query(1) or rpm(8) shows it: `1:3.0.6-13`. */
  names: string | readonly string[]
  /** `present` by default. An absent package may leave its configuration behind. */
  state?: 'present' | 'absent'
  /** With false no maintainer script of Debian's starts a daemon: policy-rc.d(8). Elsewhere none does. */
  startServices?: boolean
}

/** One package that is wished for. */
export interface Wanted {
  name: string
  version: string | undefined
}

/** What differs from one package manager to the next. */
export interface PackageManager {
  /**
   * Prints `NAME installed`, `NAME absent` or `NAME` and what else is the matter, in the order of the wishes; of a
   * wish with a version, the version that is installed.
   */
  print: (wanted: readonly Wanted[]) => Shell
  install: (wanted: readonly Wanted[]) => Shell
  remove: (names: readonly string[]) => Shell
  /** Runs before the two in one subshell, where no daemon may start; ends its hold with that. */
  holdServices: Shell
}

/** `package` itself is a reserved word. @see Package */
export const pkg = defineResource<Package>({
  kind: 'package',
  id: (want) => [want.names].flat().join(' '),
  problems: (want) =>
    problemsOf(
      [wantedOf(want).length > 0, 'no package is named'],
      ...wantedOf(want).map(({ name }) => [NAME.test(name), `no package can be called ${name}`] as const),
      ...wantedOf(want).map(
        ({ name, version = 'x' }) => [VERSION.test(version), `no version of ${name}: ${version}`] as const,
      ),
      [
        want.state !== 'absent' || wantedOf(want).every(({ version }) => version === undefined),
        'an absent package has no version',
      ],
    ),
  probe: (want) => choose((manager) => manager.print(wantedOf(want))),
  expect: (want) => {
    const state = want.state === 'absent' ? 'absent' : 'installed'
    return Object.fromEntries(wantedOf(want).map(({ name, version }) => [name, version ?? state]))
  },
  apply: (want) => choose((manager) => change(manager, want)),
})

/** Of deb-control(5), and with capitals and underscores those of rpm. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_+.-]+$/

/** deb-version(7); those of rpm have the same signs. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9_.+~^:-]*$/

function wantedOf({ names }: Package): Wanted[] {
  return [names].flat().map((one) => {
    const [, name = one, version] = /^([^=]*)=(.*)$/.exec(one) ?? []
    return { name, version }
  })
}

/** Debian's machines may have rpm, too; those of Red Hat have no dpkg. */
function choose(shell: (manager: PackageManager) => Shell): Shell {
  return sh`
    if command -v dpkg-query > /dev/null; then
      ${shell(apt)}
    elif command -v rpm > /dev/null; then
      ${shell(rpm)}
    else
      echo 'neither dpkg-query nor rpm is installed' >&2
      exit ${CANNOT_TELL}
    fi
  `
}

function change(manager: PackageManager, want: Package): Shell {
  const wanted = wantedOf(want)
  const act =
    want.state === 'absent' ? manager.remove(wanted.map(({ name }) => name)) : manager.install(wanted)
  if (want.startServices !== false) return act
  return sh`
    (
    set -e
    ${manager.holdServices}
    ${act}
    )
  `
}
