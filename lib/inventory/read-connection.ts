import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Problem } from '../errors.ts'
import type { Connection } from '../transport/connection.ts'
import type { Variables } from './groups.ts'
import { checkVariables, type Holder } from './typed.ts'

const port = z.int().min(1).max(65535)

/** The variables of Ansible that say how to reach a host, under their own names. */
const schema = z.object({
  ansible_connection: z.enum(['ssh', 'local']).default('ssh'),
  ansible_host: z.string().optional(),
  ansible_port: port.default(22),
  ansible_user: z.string().optional(),
  ansible_ssh_private_key_file: z.string().optional(),
  ansible_ssh_common_args: z
    .string()
    .regex(/^(\s*-o\s*UserKnownHostsFile=\S+)?\s*$/, 'only `-o UserKnownHostsFile=FILE` is understood')
    .optional(),
  ansible_become: z.boolean().default(false),
  ansible_become_user: z.string().default('root'),
  ansible_become_method: z.literal('sudo').optional(),
  ansible_timeout: z.number().positive().default(10),
  // Said in many inventories; nothing here needs an interpreter on the target.
  ansible_python_interpreter: z.string().optional(),
})

/** Takes the connection out of a host's variables; what it does not know of `ansible_…` is a problem. */
export function readConnection(host: Holder, variables: Variables, problems: Problem[]): Connection {
  const own = new Map([...variables].filter(([name]) => name.startsWith('ansible_')))
  const said = checkVariables(z.strictObject(schema.shape), host, own, problems) ?? schema.parse({})
  const knownHosts = /UserKnownHostsFile=(\S+)/.exec(said.ansible_ssh_common_args ?? '')?.[1]
  return {
    kind: said.ansible_connection,
    address: said.ansible_host ?? host.name,
    port: said.ansible_port,
    user: said.ansible_user,
    privateKeyFile: expand(said.ansible_ssh_private_key_file),
    knownHostsFiles: knownHosts === undefined ? undefined : [expand(knownHosts)],
    become: said.ansible_become ? { method: 'sudo', user: said.ansible_become_user } : undefined,
    connectTimeout: said.ansible_timeout,
  }
}

function expand<Path extends string | undefined>(
  path: Path,
): Path extends string ? string : string | undefined
function expand(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path.replace(/^~(?=\/)/, homedir()))
}
