import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidInput, type Problem } from '../errors.ts'
import { Secret } from '../secret.ts'
import { runProgram } from '../transport/program.ts'
import { decryptArmor, decryptFile } from './age.ts'
import type { LoadedInventory } from './load.ts'
import type { OriginKind, SecretOrigin } from './secret-origin.ts'

/** Asks a person for a line that is not shown; throws where nobody can be asked. */
export type AskPerson = (question: string) => Promise<string>

/**
 * Fetches the secrets in the variables of some hosts: each origin once, people last. Those that are known already cost
 * nothing.
 *
 * @param found problems that were found before
 * @throws InvalidInput with them and with the problems of all origins that gave no value
 */
export async function fetchSecrets(
  inventory: LoadedInventory,
  hosts: readonly string[],
  askPerson: AskPerson,
  found: readonly Problem[] = [],
): Promise<void> {
  const fetched = new Map<string, string>()
  const problems: Problem[] = []
  const wanted = secretsOf(inventory, hosts).filter((secret) => !secret.isKnown)
  const isPrompt = (secret: Secret) => inventory.origins.get(secret)?.origin.kind === 'prompt'
  for (const secret of wanted.filter((one) => !isPrompt(one))) await fetch(secret)
  if (problems.length === 0) for (const secret of wanted.filter(isPrompt)) await fetch(secret)
  if (problems.length > 0) throw new InvalidInput([...found, ...problems])

  async function fetch(secret: Secret): Promise<void> {
    const { origin, place } = inventory.origins.get(secret) ?? {}
    if (!origin) return
    try {
      const value = fetched.get(origin.key) ?? (await readValue(origin, askPerson))
      fetched.set(origin.key, value)
      secret.learn(value)
    } catch (error) {
      problems.push({ message: `${secret.name}: ${(error as Error).message}`, ...(place && { place }) })
    }
  }
}

function secretsOf(inventory: LoadedInventory, hosts: readonly string[]): Secret[] {
  const found = new Set<Secret>()
  const visit = (value: unknown): void => {
    if (value instanceof Secret) found.add(value)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  for (const { name, variables } of inventory.hosts)
    if (hosts.includes(name)) for (const { value } of variables.values()) visit(value)
  return [...found]
}

type Fetch = (origin: SecretOrigin, askPerson: AskPerson) => string | Promise<string>

const FETCH: Readonly<Record<OriginKind, Fetch>> = {
  env: ({ argument }) => process.env[argument] ?? '',
  file: ({ argument, folder }) => readFileSync(resolve(folder, argument), 'utf8'),
  command: fromCommand,
  prompt: ({ argument }, askPerson) => askPerson(argument),
  age: ({ argument, folder }) => decryptFile(resolve(folder, argument)),
  armor: ({ argument }) => decryptArmor(argument),
}

const EMPTY: Readonly<Record<OriginKind, (argument: string) => string>> = {
  env: (name) => `the environment variable ${name} of this secret is not set`,
  file: (path) => `the file of this secret is empty: ${path}`,
  command: (command) => `the command of this secret printed nothing: ${command}`,
  prompt: () => 'nothing was entered',
  age: (path) => `the file of this secret holds an empty text: ${path}`,
  armor: () => 'this secret is an empty text',
}

/** One newline at the end belongs to the file and not to the secret. */
async function readValue(origin: SecretOrigin, askPerson: AskPerson): Promise<string> {
  const value = (await FETCH[origin.kind](origin, askPerson)).replace(/\r?\n$/, '')
  if (value === '') throw new Error(EMPTY[origin.kind](origin.argument))
  if (value.includes('\0')) throw new Error('this secret holds a NUL byte, which no shell can carry')
  return value
}

function fromCommand({ argument, folder }: SecretOrigin): string {
  const { exitCode, stdout, stderr, reason } = runProgram('sh', ['-c', argument], folder)
  if (exitCode === 0) return stdout
  const ended = reason ?? `exit code ${exitCode}`
  throw new Error(
    `the command of this secret failed, ${ended}: ${argument}${stderr.trim() && `\n${stderr.trim()}`}`,
  )
}
