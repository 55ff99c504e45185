import { contractOn } from '../contract/contract.ts'
import { startLab } from '../contract/machines/lab.ts'

// What no container has: modules, volumes, swap.
await contractOn('a virtual machine', 'lab', () => startLab(['lvm2']))
