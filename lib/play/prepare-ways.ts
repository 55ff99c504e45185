import { InvalidInput } from '../errors.ts'
import type { Inventory } from '../inventory/index.ts'
import type { Plan } from '../plan/index.ts'
import { redact, Secret } from '../secret.ts'
import { newReach, type Reach, unlockKeys, waysProblems } from '../transport/index.ts'
import { askPerson } from './ask-person.ts'
import type { Options } from './options.ts'

/**
 * All that must be known before the first contact: that ssh_config holds for every host, and what only a person
 * knows. Nobody is asked about what is wrong anyway.
 *
 * @throws InvalidInput with all problems of ssh_config, or where there is nobody to ask
 */
export async function prepareWays(
  inventory: Inventory,
  plan: Plan,
  { acceptNew, askPass, askBecomePass }: Pick<Options, 'acceptNew' | 'askPass' | 'askBecomePass'>,
): Promise<Reach> {
  const chosen = new Set(plan.hosts.map(({ name }) => name))
  const connections = inventory.hosts.filter(({ name }) => chosen.has(name)).map((host) => host.connection)
  const problems = await waysProblems(connections)
  if (problems.length > 0) throw new InvalidInput(problems)
  const reach = newReach({ acceptNew, tell: (line) => process.stderr.write(`${redact(line)}\n`) })
  if (askPass) reach.password = await askSecret('ssh_password', 'SSH password')
  if (askBecomePass) {
    const question = askPass ? 'BECOME password (empty: the SSH password)' : 'BECOME password'
    const own = await askSecret('become_password', question)
    reach.becomePassword = own.reveal() === '' ? reach.password : own
  }
  if (process.stdin.isTTY) await unlockKeys(connections, reach, askPerson)
  return reach
}

async function askSecret(name: string, question: string): Promise<Secret> {
  try {
    return new Secret(name, await askPerson(question))
  } catch (error) {
    const hint =
      'Without a terminal a password comes from the inventory: ansible_password: !secret { file: PATH }.'
    throw new InvalidInput([{ message: (error as Error).message, hint }])
  }
}
