import type { Secret } from '../secret.ts'
import { DETACHED_FUNCTIONS } from './detached.ts'
import { FUNCTIONS } from './functions.ts'
import { LOCK_FUNCTIONS } from './lock.ts'
import { quote } from './quote.ts'
import type { Shell } from './sh.ts'

/**
 * One thing that a batch does on the target. Each tells its end by marks, see `Frame`:
 *
 * - `probe`: `when N RC` where the condition did not hold, else `probe N RC` with the state on stdout; 75 is
 *   "cannot tell", also where a command of `needs` is absent.
 * - `fused`: the same; where the state differs from `expected` also `recheck N RC` when the guard refuses, else
 *   `apply N RC` and, after success, `verify N RC` with the new state. The batch halts (later steps do nothing and
 *   tell nothing) on a condition that neither holds nor fails with 1, and on every failure of what follows.
 *   With `retry`, each try that was not enough tells `retry N RC` before the next one begins.
 * - `block`: `rescue ID 0` where a rescue begins, `always ID 0` where what always follows does. A failure inside halts
 *   what is left of its section alone; behind the block it halts the batch unless a rescue has succeeded.
 * - `afresh`: nothing. What has failed before is no business of what follows.
 * - `handler`: `handler ID RC`, only where it is owed. A failure halts.
 * - `ask`: `ask NAME RC`.
 * - `pending`: `pending 0`, the ids of all handlers owed on stdout, one a line.
 * - `lock`: `lock 0` when the run has the target for itself until its shell ends; with `resumes` the
 *   journal of the last run on stdout. `lock 2` when another holds it: its process, its run and its owner on stdout;
 *   `lock 1` when none could be made. Neither lets the batch do anything more.
 */
export type Step =
  | { kind: 'probe'; number: number; needs: readonly string[]; when?: Shell | undefined; probe: Shell }
  | FusedStep
  | BlockStep
  | { kind: 'afresh' }
  | { kind: 'handler'; id: string; run: Shell }
  | { kind: 'ask'; name: string; run: Shell }
  | { kind: 'pending' }
  | LockStep

/** Takes the target for one run. */
export interface LockStep {
  kind: 'lock'
  /** The run that takes it. */
  run: string
  /** The runs that are resumed: where one still works on the target it is stopped and waited for. */
  resumes: readonly string[]
  /** Who asks whom about the run: a line for people. */
  owner: string
}

/** Probe, apply where it differs, probe again: all on the target. */
export interface FusedStep {
  kind: 'fused'
  number: number
  needs: readonly string[]
  when?: Shell | undefined
  probe: Shell
  /** The canonical text of the state that is wanted. */
  expected: string
  /** Ids of handlers that the target notes as owed before it applies. */
  notify: readonly string[]
  recheck?: Shell | undefined
  apply: Shell
  /** Under this id it outlives its connection, and is found again. */
  detached?: string | undefined
  /** Seconds that the change may take. */
  limit?: number | undefined
  retry?: { retries: number; delay: number; until?: Shell } | undefined
}

/** The beginning, a section, or the end of a block of steps; blocks nest. */
export interface BlockStep {
  kind: 'block'
  at: 'open' | 'rescue' | 'always' | 'close'
  /** Unique in the batch. */
  id: number
  /** An earlier batch has seen a failure in the section that this begins. */
  failed?: boolean
}

/** From how many characters on a batch is worth another process, see `rs_take`. */
const LONG = 32_768

/**
 * The environment of all that runs on a target. The administrator's own PATH comes first; `cd /` since a shell that
 * became another user may stand in a folder that this user cannot read.
 */
export const ENVIRONMENT = `\
LC_ALL=C PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset CDPATH ENV BASH_ENV
umask 022
cd /
`

/**
 * What a fresh shell is told before its first batch: a known environment and the functions of the protocol.
 *
 * @param nonce hexadecimal, unique to the session, so that no payload can look like a mark
 */
export function prelude(nonce: string): string {
  return `\
RS=${nonce} rs_state= rs_boot= rs_held= rs_job= rs_retries=0 rs_delay=0 rs_until=
${ENVIRONMENT}trap rs_unlock EXIT
trap 'exit 129' HUP
trap 'exit 141' PIPE
${FUNCTIONS}${LOCK_FUNCTIONS}${DETACHED_FUNCTIONS}`
}

/**
 * The text of a batch for the wire; it reveals secrets. It is one compound command away from the shell's
 * own input: a child that reads its standard input would otherwise swallow the steps behind it, with exit 0.
 *
 * @throws TypeError for a NUL byte, for a handler id that cannot be a file name, and for two secrets of one variable
 */
export function renderBatch(steps: readonly Step[]): string {
  const secrets = uniqueSecrets(steps.flatMap(shellsOf).flatMap((shell) => shell.secrets))
  const names = [...secrets.keys()]
  const values = [...secrets].map(([name, secret]) => `unset ${name}; ${name}=${quote(secret.reveal())}`)
  const forget = names.length > 0 ? [`unset ${names.join(' ')}`] : []
  const body = ['rs_begin', ...values, ...steps.map(renderStep), ...forget, 'rs_end']
  const batch = `{\n${body.join('\n')}\n} </dev/null\n`
  return batch.length > LONG ? `rs_take ${Buffer.byteLength(batch)}\n${batch}` : batch
}

/** Everything of a step that is shell text. */
export function shellsOf(step: Step): Shell[] {
  if (step.kind === 'handler' || step.kind === 'ask') return [step.run]
  if (step.kind !== 'probe' && step.kind !== 'fused') return []
  const shells = [step.when, step.probe]
  if (step.kind === 'fused') shells.push(step.recheck, step.apply, step.retry?.until)
  return shells.filter((shell) => shell !== undefined)
}

function renderStep(step: Step): string {
  switch (step.kind) {
    case 'probe':
      return command('rs_probe', String(step.number), step.when?.text ?? '', step.probe.text, ...step.needs)
    case 'fused':
      return renderFused(step)
    case 'block':
      return command(`rs_${step.at}`, String(step.id), ...(step.failed ? ['failed'] : []))
    case 'afresh':
      return 'rs_halt='
    case 'handler':
      return command('rs_handler', handlerFile(step.id), step.run.text)
    case 'ask':
      return command('rs_ask', markWord(step.name), step.run.text)
    case 'pending':
      return 'rs_pending'
    case 'lock':
      return command('rs_lock', plain(step.run), plain(step.resumes.join(' ')), plain(step.owner))
  }
}

function renderFused(step: FusedStep): string {
  const { number, when, expected, notify, recheck, apply, probe, needs, retry, detached } = step
  const owed = notify.map(handlerFile).join(' ')
  const texts = [when?.text ?? '', expected, owed, recheck?.text ?? '', apply.text, probe.text]
  const fused = command('rs_fused', String(number), ...texts, ...needs)
  const [before, after] = [retry && renderRetry(retry), detached && `rs_detached ${handlerFile(detached)}`]
  return [before, after, fused, after && "rs_detached ''", before && "rs_retry 0 0 ''"]
    .filter(Boolean)
    .join('\n')
}

function renderRetry({ retries, delay, until }: NonNullable<FusedStep['retry']>): string {
  return command('rs_retry', String(retries), String(delay), until?.text ?? '')
}

function command(...words: string[]): string {
  return words.map(quote).join(' ')
}

function handlerFile(id: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}$/.test(id)) throw new TypeError(`not a handler id: ${id}`)
  return id
}

/** What the shell prints with `echo`, which means something else by a backslash on every target. */
function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 _.,:;@+-]/g, '_')
}

/** Names are free text, but a mark's words are not: `Frame.words` has them decoded again. */
function markWord(name: string): string {
  return encodeURIComponent(name).replaceAll(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
}

function uniqueSecrets(all: readonly Secret[]): Map<string, Secret> {
  const unique = new Map<string, Secret>()
  for (const secret of all) {
    const same = unique.get(secret.variable) ?? secret
    if (same.reveal() !== secret.reveal())
      throw new TypeError(`two secrets share the variable ${secret.variable}`)
    unique.set(secret.variable, same)
  }
  return unique
}
