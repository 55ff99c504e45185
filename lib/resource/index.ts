export * from './block.ts'
export * from './contract.ts'
export type * from './errand.ts'
export * from './state.ts'
