import { contractInContainer } from '../contract.ts'

await contractInContainer('debian', 'bash')
