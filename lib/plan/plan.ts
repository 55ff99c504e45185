import type { z } from 'zod'
import { InvalidInput, type Place, type Problem } from '../errors.ts'
import { type Inventory, type InventoryHost, readLimit, selectHosts } from '../inventory/index.ts'
import type { Serial } from './batches.ts'
import { checkHosts } from './check-hosts.ts'
import { checkPlay } from './check-play.ts'
import type { Host, Play, Playbook } from './playbook.ts'
import { type Segment, type Selection, select, toSegments } from './segments.ts'
import { startAt } from './start-at.ts'

export interface PlanOptions extends Selection {
  limit?: string | undefined
  /** The name of the task to begin with. */
  startAtTask?: string | undefined
}

export interface PlannedPlay {
  name: string
  guarded: boolean
  serial: Serial
  /** A batch of which more than this share has failed ends the run. */
  maxFailPercentage: number
  segments: readonly Segment[]
}

export interface Plan<Schema extends z.ZodType = z.ZodType> {
  playbook: Playbook<Schema>
  /** The hosts that this run converges. */
  hosts: readonly Host<z.infer<Schema>>[]
  plays: readonly PlannedPlay[]
}

/**
 * Turns a playbook and an inventory into what will be asked of each host, with no host contacted.
 *
 * @param found problems that reading the inventory has found already
 * @throws InvalidInput with all problems of inventory, variables, rules and tasks together
 */
export function makePlan<Schema extends z.ZodType>(
  playbook: Playbook<Schema>,
  inventory: Inventory,
  options: PlanOptions,
  found: readonly Problem[],
): Plan<Schema> {
  const problems = [...found]
  const members = pick(playbook.hosts, inventory, problems)
  const limited =
    options.limit === undefined
      ? members
      : intersect(members, pick(readLimit(options.limit), inventory, problems))
  if (problems.length === 0 && limited.length === 0)
    problems.push({ message: noHost(playbook.hosts, options.limit) })
  const hosts = checkHosts(playbook, members, problems)
  if (problems.length > 0) throw new InvalidInput(unique(problems))
  const names = new Set(limited.map((host) => host.name))
  const plays = planPlays(playbook.plays(hosts), names, options, problems)
  problems.push(...strangers(plays, inventory))
  if (problems.length > 0) throw new InvalidInput(unique(problems))
  return { playbook, hosts: hosts.filter((host) => names.has(host.name)), plays }
}

function pick(pattern: string, inventory: Inventory, problems: Problem[]): InventoryHost[] {
  const names = inventory.hosts.map((host) => host.name)
  const { selected, unmatched } = selectHosts(pattern, names, inventory.groups)
  const place: Place = { file: inventory.file, line: 1 }
  for (const part of unmatched)
    problems.push({ message: `'${part}' matches no group or host of the inventory`, place })
  return inventory.hosts.filter((host) => selected.includes(host.name))
}

/** Nothing done would otherwise look like all is well. */
function noHost(hosts: string, limit: string | undefined): string {
  return limit === undefined ? `no host matches '${hosts}'` : `no host of '${hosts}' is left by -l '${limit}'`
}

function intersect(left: readonly InventoryHost[], right: readonly InventoryHost[]): InventoryHost[] {
  return left.filter((host) => right.includes(host))
}

function planPlays<Vars>(
  plays: readonly Play<Vars>[],
  names: ReadonlySet<string>,
  options: PlanOptions,
  problems: Problem[],
): PlannedPlay[] {
  const counts = new Map<string, number>()
  const wished = plays.map(({ hosts, tasks, ...play }) => {
    const limited = hosts.filter((host) => names.has(host.name))
    const wishes = limited.map((host) => ({ host: host.name, tasks: tasks(host) }))
    return { ...play, wishes: select(wishes, options) }
  })
  return startAt(wished, options.startAtTask, problems).map(({ name, wishes, serial, maxFailPercentage }) => {
    const segments = toSegments(wishes, counts)
    const guarded = segments.some(({ tasks }) => tasks.some((task) => task.guard))
    const planned = {
      name,
      guarded,
      serial: serial ?? 0,
      maxFailPercentage: maxFailPercentage ?? 100,
      segments,
    }
    problems.push(...checkPlay(planned))
    return planned
  })
}

/** Tasks that are delegated to a host which the inventory does not know. */
function strangers(plays: readonly PlannedPlay[], { file, hosts }: Inventory): Problem[] {
  const known = new Set(hosts.map(({ name }) => name))
  const tasks = plays.flatMap(({ segments }) => segments.flatMap((segment) => segment.tasks))
  return tasks
    .filter(({ delegateTo }) => delegateTo !== undefined && !known.has(delegateTo))
    .map(({ name, delegateTo, place }) => ({
      message: `${name}: the inventory ${file} has no host '${delegateTo}' to delegate to`,
      ...(place && { place }),
    }))
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
