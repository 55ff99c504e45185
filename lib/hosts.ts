import { InvalidInput, type Problem } from './errors.ts'
import { fetchSecrets, loadInventory } from './inventory/index.ts'
import { type Connection, sshOptions } from './transport/index.ts'

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
 * @throws InvalidInput with all that is wrong, and for hosts that by their variables no ssh reaches as root without a question
 */
export async function readHosts(sources: readonly string[]): Promise<ReachableHost[]> {
  const problems: Problem[] = []
  const inventory = loadInventory(sources, problems)
  for (const { name, place, connection, problems: own } of inventory.hosts)
    problems.push(...own, ...whyNot(connection).map((why) => ({ message: `${name}${why}`, place })))
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
      ...sshOptions(connection),
      '--',
      connection.address,
    ],
    asRoot: connection.become ? ['sudo', '-n'] : [],
  }))
}

/** Who logs in is not known where ssh_config says it. */
function whyNot({ kind, user = 'root', become, password }: Connection): string[] {
  const reasons: [unknown, string][] = [
    [kind !== 'ssh' && kind !== 'ssh-cli', ' is not reached by ssh'],
    [password || become?.password, ' wants a password, and here ssh and sudo have to work without'],
    [become?.method === 'su', ': su always asks for a password'],
    [user !== 'root' && !become, `: ${user} is not root, and does not become root`],
    [become && become.user !== 'root', ` becomes ${become?.user}, not root`],
  ]
  return reasons.flatMap(([holds, why]) => (holds ? [why] : []))
}
