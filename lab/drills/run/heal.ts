import { setTimeout as sleep } from 'node:timers/promises'
import type { Blow } from '../drill.ts'
import { isShared } from '../faults.ts'
import { timeAlone } from '../scene.ts'
import { type Course, heard, nodesOf, takesAway, until, whereMounted } from './course.ts'

type End = { readonly blow: Blow; readonly node: string }

// What was done to the shared storage ends on the node that has it by then.
const placeOf = async (course: Course, { blow, node }: End): Promise<string> => {
  if (!isShared(blow.fault)) return node
  await until(course, 'the shared storage is mounted', () => whereMounted(course) !== undefined)
  return whereMounted(course) ?? node
}

const back = async (course: Course, end: End): Promise<void> => {
  const { blow } = end
  const node = await placeOf(course, end)
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

const endsOf = (course: Course): End[] =>
  [...course.row.drill.faults]
    .reverse()
    .flatMap((blow) => nodesOf(course, blow.on).map((node) => ({ blow, node })))

const backAlone = async (course: Course, end: End): Promise<void> => {
  const since = Date.now()
  await back(course, end)
  await boots(course, end.node, since)
}

/** Ends all faults, the last one first, or one node before the other. Throws the first error when all were tried. */
export const heal = async (course: Course): Promise<void> => {
  const { first } = course.row.drill
  const early = first ? nodesOf(course, first) : []
  const isEarly = ({ node }: End) => early.includes(node)
  const ends = endsOf(course)
  const errors: unknown[] = []
  const keep = (error: unknown) => void errors.push(error)
  for (const end of ends.filter(isEarly)) await backAlone(course, end).catch(keep)
  for (const end of ends.filter((one) => !isEarly(one))) await back(course, end).catch(keep)
  if (errors.length > 0) throw errors[0]
}
