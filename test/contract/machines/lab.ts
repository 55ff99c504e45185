import * as lab from '../../../lab/index.ts'
import { loadInventory } from '../../../lib/inventory/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import { log, nameOf } from '../../lab/labs.ts'
import { type Machine, openMachine } from './machine.ts'

/** The topology of one small machine. */
const CONTRACT = { topology: 'contract', log }

/**
 * A virtual machine with a kernel of its own, reached as its inventory says: through sudo.
 *
 * @param packages to install first; they wait in the archive of the guest
 */
export async function startLab(packages: readonly string[] = []): Promise<Machine> {
  process.env.LAB_NAME = nameOf('contract')
  await lab.destroy(CONTRACT)
  const { inventory } = await lab.up(CONTRACT)
  const [host] = loadInventory(inventory, []).hosts
  if (!host) throw new Error(`no host in ${inventory}`)
  const machine = await openMachine(host.connection, () => lab.destroy(CONTRACT))
  if (packages.length > 0)
    await machine.sh(sh`DEBIAN_FRONTEND=noninteractive apt-get install -y -q ${packages}`)
  return machine
}
