export * from './events.ts'
export { hashOf, type PlanFile } from './plan-file.ts'
export { type Connect, converge, type RunOptions } from './run.ts'
export type { Answer, Confirm } from './step.ts'
