import type { Demand, Guard } from '../resource/contract.ts'
import { quote } from '../shell/quote.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { replicationHolds, replicationProblems, replicationWords, type Wanted } from './drbd.ts'
import { type DrbdVersion, drbdState } from './drbd-state.ts'
import { examine } from './evidence.ts'

/** What takes the place of what is there. */
export interface Overwrite {
  /** Both nodes. */
  hosts: readonly string[]
  /** Prints `active` on the node that has the service, `standby` on the other one. */
  active: Shell
  /** Prints on the active node what is there, one thing a line: its name, which may hold blanks, a tab, and words about it. */
  there: Shell
  /** The names of what the operator gives up. */
  givenUp: readonly string[]
  /** N of /dev/drbdN, where the storage is one. */
  minor?: number
  /** What the kernel module speaks; 8.4 if not given. */
  version?: DrbdVersion
}

const TOGETHER: Wanted = { connection: ['Connected', 'SyncSource', 'SyncTarget'] }

/**
 * Guards what replaces data: one node has the service and the other one has not, their copies are one, and nothing is
 * there that the operator has not given up by its name.
 */
export function overwrite({ hosts, active, there, givenUp, minor, version }: Overwrite): Guard {
  return {
    protects: 'what is there and would be replaced',
    hosts,
    ask: { active, there, ...(minor !== undefined && { replication: drbdState(version) }) },
    refuse: (evidence, host) => [
      ...hosts.flatMap((one) =>
        examine(evidence, one, {
          active: (text) => mustBe(text, one === host ? 'active' : 'standby'),
          ...(minor !== undefined && { replication: (text) => replicationProblems(text, minor, TOGETHER) }),
        }),
      ),
      ...examine(evidence, host, { there: (text) => mustBeGivenUp(text, givenUp) }),
    ],
    // Where the service has gone, nothing is there any more, and that is no leave to load.
    recheck: sh`
      said_active=$(
      ${active}
      ) && [ "$said_active" = active ] || { echo 'it does not have the service any more' >&2; exit 1; }
      said_there=$(
      ${there}
      ) || exit 1
      ${isGivenUp(givenUp)}`,
    demands: demands(givenUp, minor),
  }
}

function demands(givenUp: readonly string[], minor: number | undefined): Demand[] {
  const names = givenUp.length > 0 ? givenUp.join(', ') : 'nothing'
  return [
    { that: 'it has the service', of: 'target', asks: ['active'], holds: sh`[ "$said_active" = active ]` },
    {
      that: 'it has not the service',
      of: 'peers',
      asks: ['active'],
      holds: sh`[ "$said_active" = standby ]`,
    },
    {
      that: `nothing is there but what is given up: ${names}`,
      of: 'target',
      asks: ['there'],
      holds: isGivenUp(givenUp),
    },
    ...(minor === undefined
      ? []
      : [
          {
            that: `DRBD says of device ${minor}: ${replicationWords(TOGETHER)}`,
            of: 'all' as const,
            asks: ['replication'],
            holds: replicationHolds(minor, TOGETHER),
          },
        ]),
  ]
}

function mustBe(text: string, wanted: 'active' | 'standby'): string[] {
  const found = text.trim()
  if (found === wanted) return []
  return [wanted === 'active' ? 'it does not have the service' : 'it has the service, too']
}

function mustBeGivenUp(text: string, givenUp: readonly string[]): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [name = '', ...words] = line.split('\t')
      if (givenUp.includes(name)) return []
      return [
        `${name} is there (${words.join(' ')}) and would be lost; -e ${option(name)} says that you give it up`,
      ]
    })
}

/** As a person types it in a shell. */
function option(name: string): string {
  return /^[\w./-]+$/.test(name) ? `give_up=${name}` : quote(`{ give_up: ${JSON.stringify(name)} }`)
}

/** The same as shell, with the answer in `$said_there`. A name ends at the tab, and not at a blank. */
function isGivenUp(givenUp: readonly string[]): Shell {
  return sh`
    tab=$(printf '\\t')
    printf '%s\\n' "$said_there" | while IFS= read -r line; do
      [ -n "$line" ] || continue
      found=no
      for one in ${givenUp}; do [ "\${line%%"$tab"*}" != "$one" ] || found=yes; done
      [ $found = yes ] || exit 1
    done`
}
