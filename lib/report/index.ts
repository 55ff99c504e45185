export { describeError } from './errors.ts'
export { createReport } from './report.ts'
