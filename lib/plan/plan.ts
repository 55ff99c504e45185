import type { z } from 'zod'
import { InvalidInput, type Place, type Problem } from '../errors.ts'
import { type Inventory, type InventoryHost, selectHosts } from '../inventory/index.ts'
import type { Handler, Task } from '../resource/contract.ts'
import { checkHosts } from './check-hosts.ts'
import { checkPlay } from './check-play.ts'
import type { Host, Play, Playbook } from './playbook.ts'

export interface PlanOptions {
  limit?: string | undefined
  tags?: readonly string[] | undefined
}

/** A task with its number on its host: the order in which it is probed and applied. */
export interface PlannedTask extends Task {
  number: number
}

/** The tasks of one play on one host. */
export interface Segment {
  host: string
  tasks: readonly PlannedTask[]
  handlers: readonly Handler[]
}

export interface PlannedPlay {
  name: string
  guarded: boolean
  /** How many hosts at once. */
  serial: number
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
    options.limit === undefined ? members : intersect(members, pick(options.limit, inventory, problems))
  const hosts = checkHosts(playbook, members, problems)
  if (problems.length > 0) throw new InvalidInput(unique(problems))
  const names = new Set(limited.map((host) => host.name))
  const plays = numberTasks(playbook.plays(hosts), names, options.tags, problems)
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

function intersect(left: readonly InventoryHost[], right: readonly InventoryHost[]): InventoryHost[] {
  return left.filter((host) => right.includes(host))
}

function numberTasks<Vars>(
  plays: readonly Play<Vars>[],
  names: ReadonlySet<string>,
  tags: readonly string[] | undefined,
  problems: Problem[],
): PlannedPlay[] {
  const counts = new Map<string, number>()
  return plays.map((play) => {
    const hosts = play.hosts.filter((host) => names.has(host.name))
    const segments = hosts.map((host) => {
      const tasks = play.tasks(host).filter((task) => isTagged(task, tags))
      return {
        host: host.name,
        tasks: tasks.map((task) => number(host.name, task)),
        handlers: handlersOf(tasks),
      }
    })
    const guarded = segments.some(({ tasks }) => tasks.some((task) => task.guard))
    problems.push(...checkPlay(play.name, segments))
    return { name: play.name, guarded, serial: play.serial ?? Math.max(hosts.length, 1), segments }
  })

  function number(host: string, task: Task): PlannedTask {
    const next = (counts.get(host) ?? 0) + 1
    counts.set(host, next)
    return { ...task, number: next }
  }
}

function isTagged(task: Task, tags: readonly string[] | undefined): boolean {
  return tags === undefined || task.tags.includes('always') || task.tags.some((tag) => tags.includes(tag))
}

/** Handlers in the order in which the play first names them, each once. */
function handlersOf(tasks: readonly Task[]): Handler[] {
  const byName = new Map(tasks.flatMap((task) => task.notify).map((handler) => [handler.name, handler]))
  return [...byName.values()]
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
