import { assert } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'

/** None: an assertion changes nothing, so that nothing converges. */
export const cases: readonly ContractCase[] = []

export const refusals: readonly Refusal[] = [
  {
    name: 'to go on where it does not hold',
    machine: 'debian',
    prepare: sh`:`,
    task: () => assert({ that: `it's "here" $(touch owned)`, test: sh`exit 1`, otherwise: 'mend it' }),
    reason: /does not hold: it's "here" \$\(touch owned\); mend it/,
  },
]
