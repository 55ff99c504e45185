import { spawn } from 'node:child_process'
import { attempt, type Result, type RunOptions, searchPath } from '../host/run.ts'
import type { CreatedLab } from '../instance/lab.ts'
import { guestUser } from '../topology/inventory.ts'

/** Where a node answers, and with which keys. */
export type Door = { readonly port: number; readonly keyFile: string; readonly knownHosts: string }

/** The ssh command for a node; no configuration of the person is read. Pure. */
export const sshArgv = ({ port, keyFile, knownHosts }: Door, command: readonly string[]): string[] => [
  ...['ssh', '-F', 'none', '-i', keyFile, '-p', String(port)],
  ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=30'],
  ...['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile="${knownHosts}"`],
  `${guestUser}@127.0.0.1`,
  ...command,
]

const doorOf = ({ paths, state }: CreatedLab, node: string): Door => ({
  port: state.ports[node] as number,
  keyFile: paths.keyFile,
  knownHosts: paths.knownHosts,
})

/** The program that runs a command in a node, for a conversation that is longer than one answer. */
export const guestArgv = (lab: CreatedLab, node: string, command: string): string[] =>
  sshArgv(doorOf(lab, node), [command])

/** Runs a command in a node and collects what it says. ssh's own failure has code 255. */
export const inGuest = (
  lab: CreatedLab,
  node: string,
  command: string,
  options: Pick<RunOptions, 'input' | 'timeout'> = {},
): Promise<Result> => attempt(sshArgv(doorOf(lab, node), [command]), options)

/** Hands this terminal over to ssh; gives ssh's exit code. Words are joined by blanks, as ssh does. */
export const handOver = (lab: CreatedLab, node: string, command: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = sshArgv(doorOf(lab, node), command)
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, PATH: searchPath() } })
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 255))
  })
