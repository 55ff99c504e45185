import { contractInContainer } from '../contract.ts'
import { TARGET_SHELLS } from '../machines/container.ts'

for (const shell of TARGET_SHELLS) await contractInContainer('sysv', shell)
