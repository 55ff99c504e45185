import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { split } from 'shlex'
import { z } from 'zod'
import type { Problem } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Connection } from '../transport/connection.ts'
import { isOneSlip } from './one-slip.ts'
import { checkVariables, type Holder } from './typed.ts'
import type { Variables } from './variables.ts'

/** In INI files and behind `-e` many numbers and truths are texts; Ansible takes them for what they mean. */
const meant = (value: unknown) =>
  typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
const port = z.preprocess(meant, z.int().min(1).max(65535))
const seconds = z.preprocess(meant, z.number().positive())
const truth = z.union([z.boolean(), z.stringbool()], { error: 'expected yes or no' })

const words = z.string().transform((text, context) => {
  try {
    return split(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

/** A password that stands in the inventory as plain text would stand in backups and in `git log`, too. */
const secret = z.custom<Secret>(
  (value) => value instanceof Secret,
  'a password must be a !secret, or use -k and -K',
)

/** Names that Ansible knows for the same thing; the first one that is said counts. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  ansible_host: ['ansible_ssh_host'],
  ansible_port: ['ansible_ssh_port'],
  ansible_user: ['ansible_ssh_user'],
  ansible_password: ['ansible_ssh_pass', 'ansible_ssh_password'],
  ansible_ssh_private_key_file: ['ansible_private_key_file'],
  ansible_become_password: ['ansible_become_pass', 'ansible_sudo_pass', 'ansible_su_pass'],
  ansible_timeout: ['ansible_ssh_timeout'],
}

const CONNECTIONS = {
  ssh: 'ssh',
  smart: 'ssh',
  'ssh-cli': 'ssh-cli',
  local: 'local',
  docker: 'docker',
  'community.docker.docker': 'docker',
  'community.docker.docker_api': 'docker',
} as const

/** The variables of Ansible that say how to reach a host, under their own names; the last two are ours. */
const schema = z.object({
  ansible_connection: z.enum(Object.keys(CONNECTIONS) as (keyof typeof CONNECTIONS)[]).default('ssh'),
  ansible_host: z.string().optional(),
  ansible_port: port.optional(),
  ansible_user: z.string().optional(),
  ansible_password: secret.optional(),
  ansible_ssh_private_key_file: z.string().optional(),
  ansible_ssh_args: words.default([]),
  ansible_ssh_common_args: words.default([]),
  ansible_ssh_extra_args: words.default([]),
  ansible_become: truth.default(false),
  ansible_become_user: z.string().default('root'),
  ansible_become_method: z.enum(['sudo', 'su']).default('sudo'),
  ansible_become_password: secret.optional(),
  ansible_timeout: seconds.default(10),
  ansible_ssh_legacy_algorithms: truth.default(false),
})

const KNOWN = [...Object.keys(schema.shape), ...Object.values(NAMES).flat()]

/**
 * Takes the connection out of a host's variables. What it does not know of `ansible_…` speaks to a part of Ansible that
 * is not here; one slip of the keyboard beside a name that it knows is a problem.
 */
export function readConnection(host: Holder, variables: Variables, problems: Problem[]): Connection {
  const own = inOwnNames(variables)
  const said = checkVariables(z.strictObject(schema.shape), host, own, problems) ?? schema.parse({})
  return {
    kind: CONNECTIONS[said.ansible_connection],
    address: said.ansible_host ?? host.name,
    port: said.ansible_port,
    user: said.ansible_user,
    privateKeyFile: expand(said.ansible_ssh_private_key_file),
    knownHostsFiles: undefined,
    become: said.ansible_become
      ? {
          method: said.ansible_become_method,
          user: said.ansible_become_user,
          password: said.ansible_become_password,
        }
      : undefined,
    connectTimeout: said.ansible_timeout,
    sshArguments: [...said.ansible_ssh_args, ...said.ansible_ssh_common_args, ...said.ansible_ssh_extra_args],
    password: said.ansible_password,
    legacyAlgorithms: said.ansible_ssh_legacy_algorithms,
  }
}

function inOwnNames(variables: Variables): Variables {
  const own = new Map([...variables].filter(([name]) => name.startsWith('ansible_')))
  for (const [name, others] of Object.entries(NAMES)) {
    const variable = [name, ...others].map((one) => own.get(one)).find(Boolean)
    for (const other of others) own.delete(other)
    if (variable) own.set(name, variable)
  }
  for (const name of own.keys())
    if (!KNOWN.includes(name) && !KNOWN.some((one) => isOneSlip(name, one))) own.delete(name)
  return own
}

function expand(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path.replace(/^~(?=\/)/, homedir()))
}
