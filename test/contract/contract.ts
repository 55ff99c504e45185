import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Task } from '../../lib/resource/contract.ts'
import { sh } from '../../lib/shell/sh.ts'
import type { ContractCase, MachineKind, Refusal } from './case.ts'
import { allCases } from './cases/index.ts'
import { type Ran, runTasks } from './engine.ts'
import { HOSTILE } from './host.ts'
import { type ContainerKind, startContainer, type TargetShell } from './machines/container.ts'
import type { Machine } from './machines/machine.ts'
import { startSnapshots, state, touched } from './snapshot.ts'

/** Proves all cases of that kind of container with this shell as the target's `sh`. */
export async function contractInContainer(kind: ContainerKind, shell: TargetShell): Promise<void> {
  await contractOn(`${kind} with ${shell}`, kind, () => startContainer(kind, shell))
}

/**
 * Proves the contract of every resource that has a case for this machine, with the real engine over SSH: a probe
 * changes nothing, check mode applies nothing, apply then probe shows no difference, a second apply sends nothing, a
 * drifted field is the only one fixed, and hostile names survive.
 */
export async function contractOn(
  name: string,
  kind: MachineKind,
  start: () => Promise<Machine>,
): Promise<void> {
  const all = [...(await allCases())]
  const here = <Case extends ContractCase | Refusal>(resource: string, cases: readonly Case[] = []) =>
    cases.filter(({ machine }) => machine === kind).map((one) => [resource, one.name, one] as const)
  const wishes = all.flatMap(([resource, { cases }]) => here(resource, cases))
  const refused = all.flatMap(([resource, { refusals }]) => here(resource, refusals))
  describe(name, () => {
    let machine: Machine
    beforeAll(async () => {
      machine = await start()
      await startSnapshots(machine)
    })
    afterAll(() => machine?.stop())

    describe.each(wishes)('%s: %s', (_resource, _name, one) => prove(one, () => machine))
    if (refused.length > 0)
      it.each(refused)('%s refuses %s', (_resource, _name, one) => refuses(one, machine))
  })
}

function prove({ prepare, task, drift, hostile }: ContractCase, machine: () => Machine): void {
  it('check mode tells of the change and applies nothing', async () => {
    if (prepare) await machine().sh(prepare)
    const before = await touched(machine())
    const ran = await run(machine(), [task()], true)
    expect(ran.tasks.map(({ outcome }) => outcome)).toEqual(['would-change'])
    expect(await touched(machine())).toBe(before)
  })

  it('an apply goes all the way, and a second one sends nothing', async () => {
    expect(outcomes(await run(machine(), [task()]))).toEqual(['changed'])
    await staysAsItIs(machine(), [task()])
  })

  it.each(drift)('$field is repaired alone', async ({ field, by }) => {
    const converged = await state(machine())
    await machine().sh(by)
    const [found] = (await run(machine(), [task()])).tasks
    expect(found?.changes?.map(fieldOf)).toEqual([field])
    expect(await state(machine())).toBe(converged)
  })

  if (!hostile) return
  it('hostile names survive, or are refused before any contact', async () => {
    // Made anew for each run, as a playbook does: a wish may read what the run before has brought.
    const possible = () => HOSTILE.map(hostile).filter(({ problems }) => problems.length === 0)
    if (possible().length > 0) {
      expect(outcomes(await run(machine(), possible()))).toEqual(possible().map(() => 'changed'))
      await staysAsItIs(machine(), possible())
    }
    await machine().sh(sh`for home in / /root /srv; do [ ! -e "$home/owned" ]; done`)
  })
}

async function refuses({ prepare, task, reason }: Refusal, machine: Machine): Promise<void> {
  await machine.sh(prepare)
  const before = await touched(machine)
  const { exitCode, tasks, errors } = await runTasks(machine.connection, [task()])
  expect(tasks.map(({ outcome }) => outcome)).toEqual(['failed'])
  expect(exitCode).toBe(2)
  expect(errors.map(({ details }) => details.remote?.stderr)).toEqual([expect.stringMatching(reason)])
  expect(await touched(machine)).toBe(before)
}

async function staysAsItIs(machine: Machine, tasks: readonly Task[]): Promise<void> {
  const before = await touched(machine)
  const ran = await run(machine, tasks)
  expect(outcomes(ran)).toEqual(tasks.map(() => 'ok'))
  expect(ran.recap).toMatchObject({ changed: 0, trips: 3 })
  expect(await touched(machine)).toBe(before)
}

/** A run in which nothing went wrong. */
async function run(machine: Machine, tasks: readonly Task[], check = false): Promise<Ran> {
  const ran = await runTasks(machine.connection, tasks, check)
  expect(ran.errors.map(({ message, details }) => `${message}\n${details.remote?.stderr}`)).toEqual([])
  expect(ran.exitCode).toBe(0)
  return ran
}

function outcomes({ tasks }: Ran): string[] {
  return tasks.map(({ outcome }) => outcome)
}

/** `mode: 0600 → 0644` */
function fieldOf(change: string): string {
  return change.slice(0, change.indexOf(':'))
}
