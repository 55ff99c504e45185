import { contractInContainer } from '../contract.ts'

// As distributions with rpm have it.
await contractInContainer('rpm', 'bash')
