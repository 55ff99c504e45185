import { contractInContainer } from '../contract.ts'

await contractInContainer('systemd', 'dash')
