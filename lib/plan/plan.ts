import type { z } from 'zod'
import { InvalidInput, type Place, type Problem } from '../errors.ts'
import { type Inventory, type InventoryHost, readLimit, selectHosts } from '../inventory/index.ts'
import { checkHosts } from './check-hosts.ts'
import { checkPlay } from './check-play.ts'
import { sharedDownloads } from './downloads.ts'
import { draftPlays, type PlannedPlay, type PlayOptions, toPlay } from './plan-plays.ts'
import type { Host, KnownHost, Playbook } from './playbook.ts'

export interface PlanOptions extends PlayOptions {
  limit?: string | undefined
}

export interface Plan<Schema extends z.ZodType = z.ZodType> {
  playbook: Playbook<Schema>
  /** The hosts that this run converges. */
  hosts: readonly Host<z.infer<Schema>>[]
  /** One that is made from facts has no tasks yet. */
  plays: readonly PlannedPlay[]
  /**
   * The same plays, those made from facts with their tasks; undefined where there is none.
   *
   * @throws InvalidInput for what is wrong with these tasks
   */
  settle: ((known: readonly KnownHost<z.infer<Schema>>[]) => PlannedPlay[]) | undefined
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
  problems.push(...members.flatMap((host) => host.problems))
  const hosts = checkHosts(playbook, members, problems)
  if (problems.length > 0) throw new InvalidInput(unique(problems))
  const names = new Set(limited.map((host) => host.name))
  const declared = playbook.plays(hosts)
  if (playbook.verdict && declared.length > 0)
    problems.push({
      message: `${playbook.name} gives a verdict and changes nothing, so it can have no plays`,
    })
  const drafts = draftPlays(declared, names, options, problems)
  const counts = new Map<string, number>()
  const plays = checked(drafts.map((draft) => toPlay(draft, draft.wishes, counts)))
  const settle = (known: readonly KnownHost<z.infer<Schema>>[]) => {
    const own = new Map(counts)
    const later = drafts.map((draft, index) =>
      draft.late ? toPlay(draft, draft.late(known), own) : (plays[index] as PlannedPlay),
    )
    return checked(later)
  }
  const chosen = hosts.filter((host) => names.has(host.name))
  return { playbook, hosts: chosen, plays, settle: drafts.some(({ late }) => late) ? settle : undefined }

  function checked(all: PlannedPlay[]): PlannedPlay[] {
    const wrong = [
      ...problems,
      ...all.flatMap(checkPlay),
      ...strangers(all, inventory),
      ...sharedDownloads(all),
    ]
    if (wrong.length > 0) throw new InvalidInput(unique(wrong))
    return all
  }
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

/** Hosts that the inventory does not know, but that a task is delegated to or a guard asks. */
function strangers(plays: readonly PlannedPlay[], { file, hosts }: Inventory): Problem[] {
  const known = new Set(hosts.map(({ name }) => name))
  const tasks = plays.flatMap(({ segments }) => segments.flatMap((segment) => segment.tasks))
  return tasks.flatMap(({ name, delegateTo, guard, place }) => {
    const named = [
      ...(delegateTo === undefined ? [] : [{ host: delegateTo, to: 'to delegate to' }]),
      ...(guard?.hosts ?? []).map((host) => ({ host, to: 'for its guard to ask' })),
    ]
    return named
      .filter(({ host }) => !known.has(host))
      .map(({ host, to }) => ({
        message: `${name}: the inventory ${file} has no host '${host}' ${to}`,
        ...(place && { place }),
      }))
  })
}

function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
