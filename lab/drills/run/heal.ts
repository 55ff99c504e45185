import { setTimeout as sleep } from 'node:timers/promises'
import type { Blow } from '../drill.ts'
import { isShared } from '../faults.ts'
import { timeAlone } from '../scene.ts'
import { type Course, heard, nodesOf, takesAway, until } from './course.ts'

const back = async (course: Course, blow: Blow, node: string): Promise<void> => {
  course.tell(`the end of ${blow.fault} on ${node}`)
  await course.ground.heal(blow, course.row.cluster, node)
  const [span] = course.away[node] ?? []
  if (span && takesAway(blow)) course.away[node] = [{ from: span.from, to: Date.now() }]
}

const boots = async (course: Course, node: string, since: number): Promise<void> => {
  await until(course, `${node} can be reached`, () => heard(course, node, since))
  // Long enough to do what it must not.
  await sleep(timeAlone(course.row.cluster) * 1000)
}

type End = { readonly blow: Blow; readonly node: string }

const endsOf = (course: Course): End[] =>
  [...course.row.drill.faults].reverse().flatMap((blow) => {
    const nodes = isShared(blow.fault) ? course.row.cluster.nodes : nodesOf(course, blow.on)
    return nodes.map((node) => ({ blow, node }))
  })

/** Ends all faults, the last one first, or one node before the other. */
export const heal = async (course: Course): Promise<void> => {
  const { first } = course.row.drill
  const early = first ? nodesOf(course, first) : []
  const ends = endsOf(course)
  for (const { blow, node } of ends.filter((end) => early.includes(end.node))) {
    const since = Date.now()
    await back(course, blow, node)
    await boots(course, node, since)
  }
  for (const { blow, node } of ends.filter((end) => !early.includes(end.node))) await back(course, blow, node)
}
