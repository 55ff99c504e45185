import { join } from 'node:path'
import { projectRoot } from '../project.ts'

/** Where every node finds the power switch of its lab: an address of QEMU's network for management. */
export const switchAddress = { host: '10.0.2.100', port: 623 } as const

/** The command that answers there to a node. QEMU cannot run the sources: it is the built program. */
export const powerSwitchArgv = (lab: string, topology: string, node: string): string[] => [
  process.execPath,
  join(projectRoot, 'dist', 'lab', 'power-switch.js'),
  lab,
  topology,
  node,
]
