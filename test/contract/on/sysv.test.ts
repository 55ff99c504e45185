import { contractInContainer } from '../contract.ts'

await contractInContainer('sysv', 'dash')
