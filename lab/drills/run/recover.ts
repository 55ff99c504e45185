import { setTimeout as sleep } from 'node:timers/promises'
import type { Recovery } from '../drill.ts'
import { type Course, heard, holders, patience, until } from './course.ts'
import { recapOf } from './events.ts'
import { reasonsOf } from './ground.ts'

/** Milliseconds for which one node alone has to hold the address: after a split both give it up, one after the other. */
const calm = ({ ground }: Course): number => (ground.emulated ? 30_000 : 10_000)

const idleNode = async (course: Course, calm: number): Promise<string> => {
  let holder = ''
  let since = Date.now()
  await until(course, 'one node serves, and goes on to', () => {
    const now = holders(course).join()
    if (now !== holder) since = Date.now()
    holder = now
    return course.row.cluster.nodes.includes(now) && Date.now() - since >= calm
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

/** Runs a playbook; `idle` is the node that does not serve, once one node has held the address for `calm` milliseconds. */
export const playOn = async (
  course: Course,
  { playbook, extra }: Pick<Recovery, 'playbook' | 'extra'>,
  calm: number,
  why: string,
) => {
  const { ground } = course
  const name = playbook === 'own' ? ground.playbook : playbook
  const named: Record<string, string> = { ...extra }
  for (const [key, value] of Object.entries(extra))
    if (value === 'idle') named[key] = await idleNode(course, calm)
  course.tell(`${why}: ${[name, ...Object.values(named)].join(' ')}`)
  return { name, result: await ground.play(name, named) }
}

// What was wrong with it, if anything.
const follow = async (course: Course, recovery: Recovery, calm: number): Promise<string[]> => {
  const { quiet } = recovery
  const { name, result } = await playOn(course, recovery, calm, 'recovery')
  if (result.code !== 0) return [`${name} ended with ${result.code}: ${reasonsOf(result)}`]
  const changed = quiet ? (recapOf(result.stdout)?.changed ?? 'nobody knows what') : 0
  return changed === 0 ? [] : [`${name} changed ${changed}`]
}

/** Runs the playbooks that bring the cluster back, once both nodes have booted; gives what was wrong with them. */
export const recover = async (course: Course, healed: number): Promise<string[]> => {
  const { row } = course
  for (const node of row.cluster.nodes)
    await until(course, `${node} can be reached`, () => heard(course, node, healed))
  const recoveries = row.drill.recovery.filter(({ needs }) => !needs || row.cluster.traits.includes(needs))
  if (recoveries.length === 0) return []
  for (const node of row.cluster.nodes) await booted(course, node)
  const broken: string[] = []
  for (const [index, recovery] of recoveries.entries())
    broken.push(...(await follow(course, recovery, index === 0 ? calm(course) : 0)))
  return broken
}
