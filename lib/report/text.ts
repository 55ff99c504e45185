import { chalk } from 'zx'
import type { HostRecap, Outcome, RunEvent } from '../apply/events.ts'
import { describeError } from './errors.ts'

type Format<Kind extends RunEvent['event']> = (
  event: Extract<RunEvent, { event: Kind }>,
) => string | undefined

/** Every kind of event has its format: a new one does not compile until it has. */
const formats: { [Kind in RunEvent['event']]: Format<Kind> } = {
  start: ({ playbook, mode, hosts }) =>
    `${chalk.bold(playbook)}${mode === 'check' ? ' (check: nothing is changed)' : ''} on ${hosts.join(', ')}`,
  resume: ({ began, unknown }) =>
    [
      `going on with the run of ${began}; every task is looked at again`,
      ...unknown.map(({ host, name }) => `${label('unknown')} ${host}  ${name} (when that run ended)`),
    ].join('\n'),
  play: () => undefined,
  working: () => undefined,
  task: (event) => formatTask(event),
  handler: ({ outcome, host, name }) => `${label(outcome)} ${host}  handler ${name}`,
  rescued: ({ host, block, tasks }) =>
    `${chalk.cyan('rescued'.padEnd(12))} ${host}  block ${block}, where ${tasks.join(' and ')} failed`,
  error: ({ error }) => describeError(error),
  foreword: ({ lines }) => `${lines.join('\n')}\n`,
  conclusion: ({ lines }) => `\n${lines.join('\n')}`,
  verdict: ({ lines, time }) => [...lines, chalk.dim(`as of ${time}`)].join('\n'),
  recap: ({ hosts, seconds }) =>
    `\n${chalk.bold('RECAP')} after ${seconds} s\n${Object.entries(hosts).map(formatRecap).join('\n')}`,
}

/** What a person reads of an event; undefined where there is nothing worth a line, but for `verbose`. */
export function toText(event: RunEvent, verbose = false): string | undefined {
  const quiet = event.event === 'task' && (event.outcome === 'ok' || event.outcome === 'skipped')
  if (quiet && !verbose) return undefined
  const format = formats[event.event] as Format<typeof event.event>
  return format(event as never)
}

function formatTask({
  host,
  name,
  delegate,
  outcome,
  reason,
  changes,
  diff,
}: Extract<RunEvent, { event: 'task' }>): string {
  const details = outcome === 'failed' ? [] : [...(changes ?? []), ...(reason === undefined ? [] : [reason])]
  const lines = [
    `${label(outcome)} ${host}${delegate === undefined ? '' : ` → ${delegate}`}  ${name}`,
    ...details.map((line) => chalk.dim(`             ${line}`)),
  ]
  return [...lines, ...(diff === undefined ? [] : [colourDiff(diff)])].join('\n')
}

const COLOURS: Record<Outcome, (text: string) => string> = {
  ok: chalk.green,
  changed: chalk.yellow,
  'would-change': chalk.yellow,
  unknown: chalk.magenta,
  skipped: chalk.cyan,
  failed: chalk.red,
}

function label(outcome: Outcome): string {
  return COLOURS[outcome](outcome.padEnd(12))
}

function colourDiff(diff: string): string {
  const paint = (line: string) => {
    if (line.startsWith('+')) return chalk.green(line)
    return line.startsWith('-') ? chalk.red(line) : line
  }
  return diff.split('\n').map(paint).join('\n')
}

function formatRecap([host, recap]: [string, HostRecap]): string {
  const { trips, ...outcomes } = recap
  const counts = Object.entries(outcomes).filter(
    ([outcome, count]) => count > 0 || ['ok', 'changed', 'failed'].includes(outcome),
  )
  return `${host}  ${counts.map(([outcome, count]) => `${outcome}=${count}`).join(' ')} trips=${trips}`
}
