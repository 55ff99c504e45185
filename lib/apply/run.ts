import { RunsheetError } from '../errors.ts'
import type { Session } from '../transport/session.ts'
import type { Durability } from './durable.ts'
import type { Report } from './events.ts'
import { type HostRun, startHost } from './host-run.ts'
import type { PlanFile } from './plan-file.ts'
import type { Confirm } from './step.ts'

export interface RunOptions extends Durability {
  diff: boolean
  /** How many hosts are worked on at once. */
  forks: number
  /** A person watches a terminal: long changes are asked how far they have come. */
  watched?: boolean
  /** Takes the plan of what the run would do, and nothing is done. */
  onPlan?: ((plan: PlanFile) => void) | undefined
  /** The run is refused if it would do anything else than this. */
  planned?: PlanFile | undefined
  /** Asks before each task that would change something. */
  confirm?: Confirm | undefined
}

/** Opens the one persistent shell of a host. */
export type Connect = (host: string) => Promise<Session>

/** What all stages of one run share. */
export interface Run {
  options: RunOptions
  report: Report
  hosts: Map<string, HostRun>
  /** Any host, also one outside the limit that a guard must ask; undefined when it cannot be reached. */
  reach: (name: string) => Promise<HostRun | undefined>
  /** Opens another session, after a host has ended the one before. */
  connect: Connect
  /** Something may have changed on some host: what was seen before no longer counts. */
  dirty: boolean
  refused: boolean
  /** A play was stopped before its end: nothing follows it. */
  ended: boolean
  /** As long as a person wants to be asked; one host at a time is worked on then. */
  confirm: Confirm | undefined
}

export function newRun(connect: Connect, options: RunOptions, report: Report): Run {
  const run: Run = {
    options,
    report,
    hosts: new Map(),
    reach,
    connect,
    dirty: false,
    refused: false,
    ended: false,
    confirm: options.confirm,
  }
  return run

  async function reach(name: string): Promise<HostRun | undefined> {
    const known = run.hosts.get(name)
    if (known) return known.stopped ? undefined : known
    try {
      const host = startHost(name, await connect(name))
      run.hosts.set(name, host)
      return host
    } catch (error) {
      if (!(error instanceof RunsheetError)) throw error
      report({ event: 'error', error })
      return undefined
    }
  }
}
