import type { Secret } from '../secret.ts'
import { quote } from './quote.ts'
import type { Shell } from './sh.ts'
import type { FusedStep, Step } from './step.ts'

/** From how many characters on a batch is worth another process, see `rs_take`. */
const LONG = 32_768

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
