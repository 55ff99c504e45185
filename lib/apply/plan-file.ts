import { createHash } from 'node:crypto'
import { type Plan, type PlannedPlay, type PlannedTask, wishDigest } from '../plan/index.ts'
import { redactedJson } from '../secret.ts'
import type { TaskEvent } from './events.ts'
import { type ForeseenSegment, foreseePlays } from './foresee.ts'
import type { Run } from './run.ts'

/** What a run would do with one task, or with a handler that is owed, where `kind` is `handler`. */
export interface PlanEntry
  extends Pick<TaskEvent, 'play' | 'name' | 'kind' | 'id' | 'delegate' | 'outcome' | 'reason' | 'changes'> {
  /** SHA-256 of the wish and of the shell texts that carry it out. */
  wish: string
}

/** What a run would do, for people to judge and for `--apply` to hold to. The same state gives the same bytes. */
export interface PlanFile {
  format: 'runsheet plan 1'
  playbook: string
  hosts: Readonly<Record<string, readonly PlanEntry[]>>
  /** SHA-256 of all the rest. */
  hash: string
}

/** Describes what the run would do, from the look ahead alone, and redacted. */
export function describeRun(run: Run, plan: Plan, plays: readonly PlannedPlay[]): PlanFile {
  const hosts: Record<string, PlanEntry[]> = Object.fromEntries(plan.hosts.map(({ name }) => [name, []]))
  for (const one of foreseePlays(run, plays)) hosts[one.segment.host]?.push(...entriesOf(one))
  const described = { format: 'runsheet plan 1', playbook: plan.playbook.name, hosts }
  const content: Omit<PlanFile, 'hash'> = JSON.parse(redactedJson(described))
  return { ...content, hash: hashOf(content) }
}

/** The hash that a plan must have, computed from what it says. */
export function hashOf({ format, playbook, hosts }: Omit<PlanFile, 'hash'>): string {
  return createHash('sha256').update(JSON.stringify({ format, playbook, hosts })).digest('hex')
}

/** What would be done otherwise than planned, task by task, one sentence each. */
export function departures(planned: PlanFile, now: PlanFile): string[] {
  const names = [...new Set([...Object.keys(planned.hosts), ...Object.keys(now.hosts)])]
  const other =
    planned.playbook === now.playbook ? [] : [`the plan is one of the playbook ${planned.playbook}`]
  return [
    ...other,
    ...names.flatMap((host) => {
      const [before, after] = [byKey(planned.hosts[host]), byKey(now.hosts[host])]
      const keys = [...new Set([...before.keys(), ...after.keys()])]
      return keys.flatMap((key) =>
        departure(before.get(key), after.get(key)).map((text) => `${host}: ${text}`),
      )
    }),
  ]
}

function entriesOf({ play, tasks, handlers }: ForeseenSegment): PlanEntry[] {
  const done = tasks.map(
    ([task, { outcome, reason, changes }]): PlanEntry => ({
      play: play.name,
      name: task.name,
      kind: task.kind,
      id: task.id,
      ...(task.delegateTo !== undefined && { delegate: task.delegateTo }),
      outcome,
      ...(reason !== undefined && { reason }),
      ...(changes !== undefined && { changes: withoutSecrets(task, changes) }),
      wish: wishDigest(task),
    }),
  )
  const owed = handlers.map(({ name, run }): PlanEntry => {
    const wish = createHash('sha256').update(run.text).digest('hex')
    return { play: play.name, name, kind: 'handler', id: name, outcome: 'would-change', wish }
  })
  return [...done, ...owed]
}

/** A hash of a content that holds a secret lets a weak one be guessed: of such a task only the fields are named. */
function withoutSecrets({ text, apply, probe }: PlannedTask, changes: readonly string[]): readonly string[] {
  const secrets = [...(text?.desired.secrets ?? []), ...apply.secrets, ...probe.secrets]
  return secrets.length === 0 ? changes : changes.map((change) => `${change.split(':')[0]}: differs`)
}

function byKey(entries: readonly PlanEntry[] = []): Map<string, PlanEntry> {
  return new Map(
    entries.map((entry) => [JSON.stringify([entry.play, entry.kind, entry.id, entry.name]), entry]),
  )
}

function departure(before: PlanEntry | undefined, after: PlanEntry | undefined): string[] {
  if (!before) return after ? [`${after.name} is not in the plan; now ${say(after)}`] : []
  if (!after) return [`${before.name} was ${say(before)}; it is not there any more`]
  const parts = []
  if (say(before) !== say(after)) parts.push(`${after.name} was ${say(before)}; now ${say(after)}`)
  else if (before.wish !== after.wish) parts.push(`${after.name} has another wish than in the plan`)
  return parts
}

function say({ outcome, delegate, reason, changes }: PlanEntry): string {
  const details = [...(changes ?? []), ...(reason === undefined ? [] : [reason])].join('; ')
  return `${outcome}${delegate === undefined ? '' : ` on ${delegate}`}${details && ` (${details})`}`
}
