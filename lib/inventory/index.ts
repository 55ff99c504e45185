export * from './load.ts'
export * from './patterns.ts'
export * from './typed.ts'
