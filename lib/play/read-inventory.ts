import type { Problem } from '../errors.ts'
import {
  fetchSecrets,
  type LoadedInventory,
  loadInventory,
  readExtraVars,
  selectHosts,
} from '../inventory/index.ts'
import { askPerson } from './ask-person.ts'

/**
 * Reads what `-i` and `-e` say, and fetches the secrets of the hosts that the playbook is for. Those of others are
 * fetched when somebody connects to them.
 *
 * @param pattern the hosts of the playbook
 * @throws InvalidInput when a secret cannot be fetched, with the problems found before
 */
export async function readInventory(
  pattern: string,
  sources: readonly string[],
  extraVars: readonly string[],
  problems: Problem[],
): Promise<LoadedInventory> {
  const extra = readExtraVars(extraVars, problems)
  const inventory = loadInventory(sources, problems, extra)
  const names = inventory.hosts.map(({ name }) => name)
  const { selected } = selectHosts(pattern, names, inventory.groups)
  await fetchSecrets(inventory, selected, askPerson, problems)
  return inventory
}
