import { RunsheetError } from '../errors.ts'
import type { Plan, PlannedPlay } from '../plan/index.ts'
import { departures, describeRun, type PlanFile } from './plan-file.ts'
import type { Run } from './run.ts'

/** Hands out the plan that was asked for, and holds the run to the one that was given. */
export function mayDoSo(run: Run, plan: Plan, plays: readonly PlannedPlay[]): boolean {
  const { onPlan, planned } = run.options
  if (!onPlan && !planned) return true
  const now = describeRun(run, plan, plays)
  if (!isComplete(run, plan) || !isAsPlanned(run, planned, now)) return false
  onPlan?.(now)
  return true
}

/** Without a word of every host a plan would promise too little. */
function isComplete(run: Run, plan: Plan): boolean {
  const silent = plan.hosts.filter(({ name }) => run.hosts.get(name)?.gone ?? true).map(({ name }) => name)
  if (silent.length === 0) return true
  refuse(
    run,
    `there is no plan without ${silent.join(' and ')}`,
    'Mend the connection, or leave the host out with --limit.',
  )
  return false
}

function isAsPlanned(run: Run, planned: PlanFile | undefined, now: PlanFile): boolean {
  const reasons = planned ? departures(planned, now) : []
  if (reasons.length === 0) return true
  const list = reasons.map((reason) => `- ${reason}`).join('\n')
  refuse(
    run,
    `the run would not do what was planned:\n${list}`,
    'Make a new plan with --plan FILE, and read it.',
  )
  return false
}

function refuse(run: Run, message: string, hint: string): void {
  run.refused = true
  run.report({ event: 'error', error: new RunsheetError('E_REFUSED', message, { radius: 'run', hint }) })
}
