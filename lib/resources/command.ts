import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'

/**
 * A command for what no resource covers, with the question that tells whether it is done already.
 *
 * @example command({ name: 'load the schema', run: sh`opsview-db install`, unless: sh`opsview-db check` })
 */
export interface Command {
  /** What it achieves, as a person reads it; one of its kind on a host. */
  name: string
  /** POSIX sh under `set -e`. */
  run: Shell
  /** Changes nothing. Exit 0: nothing to do; 75: cannot tell yet, with the reason on stderr. */
  unless: Shell
  /** Commands that `unless` needs. Where one is absent the state is unknown. */
  needs?: string[]
}

/** @see Command */
export const command = defineResource<Command>({
  kind: 'command',
  id: ({ name }) => name,
  problems: ({ name }) => problemsOf([name !== '', 'a command has a name']),
  needs: ({ needs = [] }) => needs,
  // A subshell, so that an `exit` in the question ends the question alone.
  probe: ({ unless }) => sh`
    if (
    ${unless}
    ) > /dev/null; then echo 'done yes'
    elif [ $? -eq ${CANNOT_TELL} ]; then exit ${CANNOT_TELL}
    else echo 'done no'
    fi
  `,
  expect: () => ({ done: true }),
  apply: ({ run }) => run,
})
