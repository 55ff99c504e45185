import type { z } from 'zod'
import type { ExitCode, PlanFile, RunOptions } from '../apply/index.ts'
import { InvalidInput, type Problem, RunsheetError } from '../errors.ts'
import { fetchSecrets, type LoadedInventory } from '../inventory/index.ts'
import type { Unfinished } from '../journal/index.ts'
import { makePlan, type Playbook } from '../plan/index.ts'
import { createReport, describeError } from '../report/index.ts'
import { redact } from '../secret.ts'
import { openHost, type Reach, type Session } from '../transport/index.ts'
import { ownArguments } from './arguments.ts'
import { askPerson } from './ask-person.ts'
import { askToGoOn, demandTerminal } from './ask-to-go-on.ts'
import { judgeAndWatch } from './judged.ts'
import { listHosts, listTags, listTasks } from './list.ts'
import { outliveReaders } from './lost-reader.ts'
import { type Options, parseOptions, UsageEnd } from './options.ts'
import { readPlan, writePlan } from './plan-file.ts'
import { prepareWays } from './prepare-ways.ts'
import { readInventory } from './read-inventory.ts'
import { convergeRecorded, recall } from './recorded.ts'
import { asRunsheetError } from './unexpected.ts'
import { writeRunbook } from './write-runbook.ts'

/** What `--lab` needs: the inventory of virtual machines. A lab that finds what exists may ignore the topology. */
export interface Lab {
  up: (options: { topology: string; log?: (line: string) => void }) => Promise<{ inventory: string }>
}

/**
 * Runs a playbook with the arguments of this process and sets its exit code. The last line of a playbook.
 *
 * @param environment the lab behind `--lab`; its topology is LAB_TOPOLOGY, by default the playbook's name
 */
export async function run<Schema extends z.ZodType>(
  playbook: Playbook<Schema>,
  environment: { lab?: Lab } = {},
): Promise<void> {
  outliveReaders()
  process.exitCode = await runToExitCode(playbook, environment)
}

async function runToExitCode<Schema extends z.ZodType>(
  playbook: Playbook<Schema>,
  { lab }: { lab?: Lab },
): Promise<ExitCode> {
  const contact: Contact = { made: false }
  try {
    const given = parseOptions(playbook, ownArguments(process.argv))
    const { options, unfinished } = recall(playbook.name, given)
    const sources = await inventorySources(playbook.name, options, lab)
    return await runWith(playbook, options, sources, unfinished, contact)
  } catch (error) {
    if (error instanceof UsageEnd) return error.exitCode
    const told = asRunsheetError(error)
    process.stderr.write(`${redact(describeError(told))}\n`)
    return exitCodeOf(told, contact)
  }
}

/** Whether any host has been contacted. */
interface Contact {
  made: boolean
}

/** What nobody foresaw may have happened in the middle of a change, but not before the first contact. */
function exitCodeOf({ code }: RunsheetError, contact: Contact): ExitCode {
  if (code === 'E_UNEXPECTED') return contact.made ? 4 : 1
  return code === 'E_INVALID' ? 1 : 2
}

async function inventorySources(playbook: string, options: Options, lab: Lab | undefined): Promise<string[]> {
  if (options.inventory !== undefined) return options.inventory
  if (!options.lab)
    throw new InvalidInput([{ message: 'no inventory', hint: 'name one with -i FILE, or use --lab' }])
  if (!lab)
    throw new InvalidInput([{ message: 'this playbook has no lab', hint: 'name an inventory with -i FILE' }])
  const topology = process.env.LAB_TOPOLOGY || playbook
  const { inventory } = await lab
    .up({ topology, log: (line) => process.stderr.write(`${line}\n`) })
    .catch((error: Error & { hint?: string }) => {
      const details = { cause: error, ...(error.hint !== undefined && { hint: error.hint }) }
      throw new RunsheetError('E_LAB', error.message, details)
    })
  return [inventory]
}

async function runWith<Schema extends z.ZodType>(
  playbook: Playbook<Schema>,
  options: Options,
  sources: readonly string[],
  unfinished: Unfinished | undefined,
  contact: Contact,
): Promise<ExitCode> {
  const problems: Problem[] = []
  const inventory = await readInventory(playbook.hosts, sources, options.extraVars ?? [], problems)
  const plan = makePlan(playbook, inventory, options, problems)
  if (options.listHosts) return say(listHosts(plan))
  if (options.listTasks) return say(listTasks(plan))
  if (options.listTags) return say(listTags(plan))
  if (options.runbook !== undefined) return say(writeRunbook(plan, inventory, options.runbook))
  const planned = options.apply === undefined ? undefined : readPlan(options.apply)
  if (options.step) demandTerminal()
  const reach = await prepareWays(inventory, plan, options)
  const { report, stop } = await createReport(options.json ? 'json' : 'text', {
    html: options.report,
    junit: options.junit,
    verbose: options.verbose,
    still: options.step,
    screen: options.watch !== undefined,
  })
  const toHost = (name: string) => {
    contact.made = true
    return connect(inventory, name, reach)
  }
  try {
    if (playbook.verdict) return await judgeAndWatch(plan, toHost, options, report)
    const request = { sources, options, unfinished }
    return await convergeRecorded(plan, request, toHost, toRunOptions(options, planned), report)
  } finally {
    await stop()
  }
}

function toRunOptions(options: Options, planned: PlanFile | undefined): RunOptions {
  const file = options.plan
  const watched = process.stderr.isTTY === true && !options.step
  if (file === undefined)
    return { ...options, planned, watched, confirm: options.step ? askToGoOn : undefined }
  return { ...options, check: true, onPlan: (plan) => writePlan(file, plan) }
}

function say(text: string): ExitCode {
  process.stdout.write(`${redact(text)}\n`)
  return 0
}

async function connect(inventory: LoadedInventory, name: string, reach: Reach): Promise<Session> {
  const host = inventory.hosts.find((one) => one.name === name)
  if (!host) throw new RunsheetError('E_UNREACHABLE', `the inventory has no host '${name}'`)
  if (host.problems.length > 0) throw new InvalidInput(host.problems)
  await fetchSecrets(inventory, [name], askPerson)
  return openHost(name, host.connection, reach)
}
