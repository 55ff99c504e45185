import { setTimeout as sleep } from 'node:timers/promises'
import type { Blow } from '../drill.ts'
import { isShared } from '../faults.ts'
import { type Course, heard, holders, nodesOf, patience, takesAway, until } from './course.ts'
import { reasonsOf } from './ground.ts'

const back = async (course: Course, blow: Blow, node: string): Promise<void> => {
  course.tell(`the end of ${blow.fault} on ${node}`)
  await course.ground.heal(blow, course.row.cluster, node)
  const [span] = course.away[node] ?? []
  if (span && takesAway(blow)) course.away[node] = [{ from: span.from, to: Date.now() }]
}

const boots = async (course: Course, node: string, since: number): Promise<void> => {
  await until(course, `${node} can be reached`, () => heard(course, node, since))
  // Long enough for it to boot, and to do what it must not.
  await sleep(30_000)
}

/** Ends all faults, the last one first, or one node before the other. */
export const heal = async (course: Course): Promise<void> => {
  const { first, faults } = course.row.drill
  const early = first ? nodesOf(course, first) : []
  for (const blow of [...faults].reverse()) {
    const nodes = isShared(blow.fault) ? course.row.cluster.nodes : nodesOf(course, blow.on)
    for (const node of early) {
      const since = Date.now()
      await back(course, blow, node)
      await boots(course, node, since)
    }
    for (const node of nodes.filter((one) => !early.includes(one))) await back(course, blow, node)
  }
}

/** Milliseconds for which one node alone has to hold the address: after a split both give it up, one after the other. */
const calm = ({ ground }: Course): number => (ground.emulated ? 30_000 : 10_000)

const idleNode = async (course: Course): Promise<string> => {
  let holder = ''
  let since = Date.now()
  await until(course, 'one node serves, and goes on to', () => {
    const now = holders(course).join()
    if (now !== holder) since = Date.now()
    holder = now
    return course.row.cluster.nodes.includes(now) && Date.now() - since >= calm(course)
  })
  return course.row.cluster.nodes.find((node) => node !== holder) ?? ''
}

// A database that is about to start cannot answer for its history, and what a boot starts has no need of a playbook.
const booted = async ({ ground, tell }: Course, node: string): Promise<void> => {
  const end = Date.now() + patience(ground)
  tell(`waiting: the boot of ${node} ends`)
  for (;;) {
    const { stdout } = await ground.run(node, 'systemctl is-system-running')
    if (/^(running|degraded)/.test(stdout)) return
    if (Date.now() > end)
      throw new Error(`the boot of ${node} does not end: ${stdout.trim() || 'it is silent'}`)
    await sleep(2000)
  }
}

/** Runs the playbooks that bring the cluster back, once both nodes have booted; gives what was wrong with them. */
export const recover = async (course: Course, healed: number): Promise<string[]> => {
  const { ground, row } = course
  for (const node of row.cluster.nodes)
    await until(course, `${node} can be reached`, () => heard(course, node, healed))
  if (row.drill.recovery.length === 0) return []
  for (const node of row.cluster.nodes) await booted(course, node)
  const idle = await idleNode(course)
  const broken: string[] = []
  for (const { playbook, extra } of row.drill.recovery) {
    const named = Object.fromEntries(
      Object.entries(extra).map(([key, value]) => [key, value === 'idle' ? idle : value]),
    )
    course.tell(`recovery: ${playbook} ${Object.values(named).join(' ')}`)
    const result = await ground.play(playbook, named)
    if (result.code !== 0) broken.push(`${playbook} ended with ${result.code}: ${reasonsOf(result)}`)
  }
  return broken
}
