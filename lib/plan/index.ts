export * from './batches.ts'
export * from './plan.ts'
export * from './playbook.ts'
export type { PlannedTask, Segment } from './segments.ts'
