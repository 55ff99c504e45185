export * from './block.ts'
export * from './contract.ts'
export * from './state.ts'
