import { z } from 'zod'
import {
  converge,
  type ExitCode,
  type HostRecap,
  type RunEvent,
  type TaskEvent,
} from '../../lib/apply/index.ts'
import type { RunsheetError } from '../../lib/errors.ts'
import { makePlan } from '../../lib/plan/index.ts'
import { definePlaybook, play } from '../../lib/plan/playbook.ts'
import type { Task } from '../../lib/resource/contract.ts'
import { type Connection, newReach, openHost } from '../../lib/transport/index.ts'

/** What the real engine said of one run over SSH. */
export interface Ran {
  exitCode: ExitCode
  /** One for each task, in their order. */
  tasks: readonly TaskEvent[]
  errors: readonly RunsheetError[]
  recap: HostRecap
}

/** Runs the tasks as one play of a playbook on one host. */
export async function runTasks(connection: Connection, tasks: readonly Task[], check = false): Promise<Ran> {
  const playbook = definePlaybook({
    name: 'contract',
    description: 'the contract of a resource',
    hosts: 'all',
    vars: z.strictObject({}),
    plays: (hosts) => [play('the contract', hosts, () => [...tasks])],
  })
  const place = { file: 'the contract', line: 1 }
  const target = { name: 'target', place, variables: new Map(), connection, problems: [] }
  const inventory = { file: place.file, hosts: [target], groups: new Map([['all', ['target']]]) }
  const plan = makePlan(playbook, inventory, {}, [])
  const events: RunEvent[] = []
  const connect = () => openHost('target', connection, newReach())
  const exitCode = await converge(plan, connect, { check, diff: false, forks: 2 }, (event) =>
    events.push(event),
  )
  return { exitCode, ...digest(events) }
}

function digest(events: readonly RunEvent[]): Omit<Ran, 'exitCode'> {
  const recap = events.find((event) => event.event === 'recap')?.hosts.target
  if (!recap) throw new Error('the run told nothing of its host')
  return {
    tasks: events.filter((event) => event.event === 'task'),
    errors: events.flatMap((event) => (event.event === 'error' ? [event.error] : [])),
    recap,
  }
}
