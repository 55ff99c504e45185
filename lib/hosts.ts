import { InvalidInput, type Problem } from './errors.ts'
import { fetchSecrets, loadInventory } from './inventory/index.ts'
import { sshWords } from './transport/index.ts'

// For programs that work beside playbooks on the hosts of an inventory, such as drills: what an engine's session is
// not made for, they do through the system's own ssh.

/** A host of an inventory, and how root's sh is reached there by ssh(1). */
export interface ReachableHost {
  name: string
  /** Every group that it is in, directly or by its children. */
  groups: readonly string[]
  variables: Readonly<Record<string, unknown>>
  /** Words of ssh(1), the address last. */
  ssh: readonly string[]
  /** Words before a command that root has to run: none for a login as root. */
  asRoot: readonly string[]
}

const nobodyIsAsked = (question: string): Promise<string> =>
  Promise.reject(
    new Error(`'${question}' cannot be asked here: take the secret from a file or the environment`),
  )

/**
 * The hosts of an inventory, with their secrets.
 *
 * @param sources as of `-i`
 * @throws InvalidInput with all that is wrong, and for hosts that no ssh without a question reaches as root
 */
export async function readHosts(sources: readonly string[]): Promise<ReachableHost[]> {
  const problems: Problem[] = []
  const inventory = loadInventory(sources, problems)
  for (const { name, place, connection, problems: own } of inventory.hosts) {
    problems.push(...own)
    const { kind, become, password } = connection
    if (kind !== 'ssh' && kind !== 'ssh-cli')
      problems.push({ message: `${name} is not reached by ssh`, place })
    if (password || become?.password)
      problems.push({
        message: `${name} wants a password, and here ssh and sudo have to work without`,
        place,
      })
    if (become?.method === 'su') problems.push({ message: `${name}: su always asks for a password`, place })
  }
  if (problems.length > 0) throw new InvalidInput(problems)
  const names = inventory.hosts.map(({ name }) => name)
  await fetchSecrets(inventory, names, nobodyIsAsked)
  return inventory.hosts.map(({ name, variables, connection }) => ({
    name,
    groups: [...inventory.groups].flatMap(([group, members]) => (members.includes(name) ? [group] : [])),
    variables: Object.fromEntries([...variables].map(([variable, { value }]) => [variable, value])),
    ssh: [
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=30',
      ...sshWords(connection),
      '--',
      connection.address,
    ],
    asRoot: connection.become ? ['sudo', '-n'] : [],
  }))
}
