import { contractInContainer } from '../contract.ts'

await contractInContainer('rpm', 'dash')
