import { setTimeout as sleep } from 'node:timers/promises'
import type { Blow } from '../drill.ts'
import { isShared } from '../faults.ts'
import { type Course, heard, nodesOf, takesAway, until } from './course.ts'

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
