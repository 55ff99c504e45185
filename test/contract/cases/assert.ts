import type { ContractCase } from '../case.ts'

/** None: an assertion changes nothing, so that nothing converges. `refusals.test.ts` shows what it says instead. */
export const cases: readonly ContractCase[] = []
