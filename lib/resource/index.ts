export * from './contract.ts'
export * from './state.ts'
