import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Connect, converge, type ExitCode, type Report, type RunOptions } from '../apply/index.ts'
import { InvalidInput } from '../errors.ts'
import {
  describeOwner,
  findUnfinished,
  type Header,
  newHeader,
  startJournal,
  type Unfinished,
} from '../journal/index.ts'
import type { Plan } from '../plan/index.ts'
import type { Options } from './options.ts'
import { listenForSignals } from './signals.ts'

/**
 * What was asked for when the run that goes on began, where it is not asked for otherwise now.
 *
 * @throws InvalidInput when there is nothing to go on with
 */
export function recall(playbook: string, options: Options): { options: Options; unfinished?: Unfinished } {
  if (!options.resume) return { options }
  const unfinished = findUnfinished(playbook, options.inventory?.map(toPath))
  const { inventory, limit, tags, skipTags, startAtTask, extraVars } = unfinished.header
  if (extraVars && options.extraVars === undefined)
    throw new InvalidInput([
      {
        message: 'the run that goes on had extra variables, which are not recorded since they may be secret',
        hint: 'give -e again, as it was then',
      },
    ])
  const asked = { inventory, limit, tags, skipTags, startAtTask }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { options: { ...options, ...asked, ...given }, unfinished }
}

/** A list of hosts, such as `web1,web2,`, is no path. */
function toPath(source: string): string {
  return existsSync(source) ? resolve(source) : source
}

/** What was asked for on the command line, and from which run it goes on. */
export interface Request {
  /** Those of the inventory. */
  sources: readonly string[]
  options: Options
  unfinished: Unfinished | undefined
}

/** Converges, leaves a journal on this machine unless nothing is to be changed, and heeds SIGINT and SIGTERM. */
export async function convergeRecorded(
  plan: Plan,
  request: Request,
  connect: Connect,
  options: RunOptions,
  report: Report,
): Promise<ExitCode> {
  const { interrupts, stop } = listenForSignals((text) => process.stderr.write(`${text}\n`))
  const header = toHeader(plan, request)
  const holder = { run: header.run, resumes: header.resumes, owner: describeOwner(header) }
  try {
    const journal = options.check ? undefined : startJournal(header)
    const tell: Report = (event) => {
      journal?.follow(event)
      report(event)
    }
    if (request.unfinished) tell(resumption(request.unfinished))
    return await converge(plan, connect, { ...options, interrupts, holder }, tell).finally(() =>
      journal?.close(),
    )
  } finally {
    stop()
  }
}

function toHeader(plan: Plan, { sources, options, unfinished }: Request): Header {
  const { limit, tags, skipTags, startAtTask } = options
  return newHeader({
    playbook: plan.playbook.name,
    inventory: sources.map(toPath),
    limit,
    tags,
    skipTags,
    startAtTask,
    extraVars: options.extraVars !== undefined,
    resumes: unfinished ? [unfinished.header.run, ...unfinished.header.resumes] : [],
  })
}

function resumption({ header, unknown }: Unfinished) {
  return { event: 'resume', run: header.run, began: header.time, unknown } as const
}
