export * from './events.ts'
export { type Connect, converge, type RunOptions } from './run.ts'
