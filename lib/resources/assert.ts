import { CANNOT_TELL, DOES_NOT_HOLD, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isLine, problemsOf } from './checks.ts'

/**
 * A condition without which nothing after it may run on the host. It never changes anything: where it does not
 * hold, the task fails with the message, in check mode too, unless an earlier task may yet make it hold.
 *
 * @example assert({ that: 'the disk of the database has 1 GiB free', test: sh`[ "$(df -Pk /var/lib | awk 'END { print $4 }')" -ge 1048576 ]`, otherwise: 'make room in /var/lib first' })
 */
export interface Assert {
  /** What must hold, as a person reads it; one line. */
  that: string
  /** POSIX sh that changes nothing. Exit 0: it holds; 75: cannot tell yet, with the reason on stderr. */
  test: Shell
  /** What a person does where it does not hold. */
  otherwise?: string
  /** Commands that `test` needs. Where one is absent the state is unknown. */
  needs?: string[]
}

/** @see Assert */
export const assert = defineResource<Assert>({
  kind: 'assert',
  id: ({ that }) => that,
  problems: ({ that, otherwise = 'x' }) =>
    problemsOf(
      [isLine(that), 'an assertion says in one line what must hold'],
      [!otherwise.includes('\0'), 'the message of an assertion holds a NUL byte'],
    ),
  needs: ({ needs = [] }) => needs,
  // A subshell, so that an `exit` in the test ends the test alone.
  probe: ({ that, test, otherwise }) => sh`
    if (
    ${test}
    ) > /dev/null; then echo 'holds yes'
    elif [ $? -eq ${CANNOT_TELL} ]; then exit ${CANNOT_TELL}
    else
      { printf %s ${`does not hold: ${that}${otherwise === undefined ? '' : `; ${otherwise}`}`}; echo; } >&2
      exit ${DOES_NOT_HOLD}
    fi
  `,
  expect: () => ({ holds: true }),
  apply: () => sh`:`,
})
