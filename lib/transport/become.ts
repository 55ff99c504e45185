import { randomBytes } from 'node:crypto'
import type { RunsheetError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { quote } from '../shell/quote.ts'
import { type Answered, awaitReady, PATIENCE } from './dialog.ts'
import { becomeFailed, ending } from './lost.ts'
import type { Channel, Link } from './transport.ts'

/** Whom a shell works as, if not as the login user. */
export interface Become {
  method: 'sudo' | 'su'
  user: string
  /** For sudo the login user's own, for su the other user's; it travels on standard input alone. */
  password?: Secret | undefined
}

/** What sudo's `requiretty` and an old su say to a process without a terminal. */
const WANTS_TTY = /must have a tty|must be run from a terminal/

/** What is started on a link, and as whom. */
export interface Shell {
  /** The host's name in the inventory, for messages. */
  host: string
  become: Become | undefined
  /** POSIX shell text; undefined: a shell that reads its standard input. */
  script: string | undefined
  tty: boolean
}

/** A process of the user that a session works as. */
export interface Started {
  channel: Channel
  /** Whether it has a terminal: its stderr then comes on stdout. */
  tty: boolean
}

/**
 * Starts a shell as the user that is wanted. It asks nothing of the target where sudo needs no password; elsewhere
 * it waits until the other user's shell says that it is there.
 *
 * @throws RunsheetError E_BECOME where sudo or su refuses, and as the link's `start` does
 */
export async function startShell(link: Link, shell: Shell): Promise<Started> {
  const { become, tty } = shell
  // Not the nonce of the marks: this one stands in arguments, which a task may print.
  const nonce = randomBytes(8).toString('hex')
  const channel = await link.start(commandOf(shell, nonce), { tty })
  if (!become || !hasDialog(shell)) return { channel, tty }
  const answered = await awaitReady(channel, { nonce, marks: 2, password: become.password })
  if (answered.end === 'ready') return { channel, tty }
  await channel.close()
  if (!tty && wantsTty(answered.said)) return startShell(link, { ...shell, tty: true })
  throw refusal(shell.host, become, answered)
}

function refusal(host: string, become: Become, { end, said }: Answered): RunsheetError {
  const exitCode = typeof end === 'string' ? undefined : end.exitCode
  const why = typeof end === 'string' ? REASONS[end] : said || ending(end)
  return becomeFailed({ host, command: become.method, exitCode, stdout: '', stderr: said }, become, why)
}

const REASONS = {
  ready: '',
  'no password': 'it asks for a password, and there is none',
  'wrong password': 'the password is wrong; it was tried once',
  silence: `it neither asked nor began within ${PATIENCE} s`,
}

/** Whether what a shell said before it ended is the wish for a terminal. */
export function wantsTty(said: string | undefined): boolean {
  return said !== undefined && WANTS_TTY.test(said)
}

/** `sudo -n` asks nobody, and so the first batch can go along with it; a terminal must be heard out first. */
function hasDialog({ become, tty }: Shell): boolean {
  return become !== undefined && (tty || become.method === 'su' || become.password !== undefined)
}

/** As text for any login shell, csh and fish among them. `env`, so that the messages are those of the C locale. */
function commandOf(shell: Shell, nonce: string): string {
  const { become } = shell
  const script = shell.script === undefined ? 'exec sh' : shell.script
  if (!become) return shell.script === undefined ? 'exec sh' : `exec sh -c ${quote(script)}`
  if (!hasDialog(shell))
    return `${sudo(become.user, '-n')} ${shell.script === undefined ? 'sh' : `sh -c ${quote(script)}`}`
  const said = quote(`echo ${nonce} ready; echo ${nonce} ready >&2; ${script}`)
  if (become.method === 'su') return `exec env LC_ALL=C su -s /bin/sh ${quote(become.user)} -c ${said}`
  const how = become.password === undefined ? '-n' : `-S -p '${nonce} password:'`
  return `${sudo(become.user, how)} sh -c ${said}`
}

function sudo(user: string, how: string): string {
  return `exec env LC_ALL=C sudo ${how} -H -u ${quote(user)} --`
}
