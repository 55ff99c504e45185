import { setTimeout as sleep } from 'node:timers/promises'
import { tookEffect } from '../audit/effect.ts'
import type { Evidence } from '../audit/evidence.ts'
import { hasToServe, type Row } from '../scene.ts'
import { concludeDrill, type End, ledgerOf } from './conclude.ts'
import { type Course, complete, heard, holders, nodesOf, served, takesAway, until } from './course.ts'
import { type Ground, reasonsOf } from './ground.ts'
import { heal } from './heal.ts'
import { clocksOf } from './read.ts'
import { playOn, recover } from './recover.ts'
import { startWatch, type Watch } from './watch.ts'

// An answer to what was written before a fault may still come.
const goesOn = (course: Course, since: number): Promise<void> =>
  until(course, 'the service goes on', () => served(course, since + 1000))

const strike = async (course: Course): Promise<void> => {
  for (const blow of course.row.drill.faults) {
    if (blow.late) await goesOn(course, Date.now())
    for (const node of nodesOf(course, blow.on)) {
      course.tell(`${blow.fault} on ${node}${blow.network ? `, ${blow.network}` : ''}`)
      if (takesAway(blow)) course.away[node] = [{ from: Date.now(), to: Number.POSITIVE_INFINITY }]
      await course.ground.inject(blow, course.row.cluster, node)
    }
  }
}

/** Waits until the fault has had its effect, and for as long as the drill says. */
const suffer = async (course: Course, injected: number): Promise<void> => {
  const { expect, evident, hold } = course.row.drill
  // An answer to what was written before the fault may still come.
  const since = injected + 1000
  if (expect.holder === 'moves')
    await until(
      course,
      `${course.standby} serves`,
      () => holders(course).join() === course.standby && served(course, since),
    )
  if (expect.holder === 'two')
    await until(course, 'both nodes hold the address', () => holders(course).length === 2)
  if (expect.holder === 'stays' || expect.holder === 'any') await sleep(hold * 1000)
  // DRBD and its handlers need half a minute to tell, and longer on a busy machine.
  if (evident)
    await until(course, 'the fault shows', () =>
      tookEffect({ ...course, ...course.watch, injected, healed: Number.POSITIVE_INFINITY }),
    )
  if (evident === 'killed') await until(course, 'all services run again', () => complete(course))
  if (hasToServe(course.row.drill)) await goesOn(course, injected)
  if (expect.holder === 'any')
    await until(course, 'a node serves', () => holders(course).length > 0 && served(course, since))
  if (expect.holder === 'moves' || expect.holder === 'two' || expect.holder === 'none')
    await sleep(hold * 1000)
}

// A guard ends a run with 3, and has touched nothing.
const refusal = async (course: Course): Promise<string[]> => {
  const { refused } = course.row.drill
  if (!refused) return []
  const { name, result } = await playOn(course, refused, 0, 'has to refuse')
  if (result.code === 3 && refused.reason.test(reasonsOf(result))) return []
  return [`${name} did not refuse, and ended with ${result.code}: ${reasonsOf(result)}`]
}

type Marks = { began: number; injected: number; healed: number; recovered: number }

/** What went wrong, and whether anything was broken on purpose. */
type Attempt = { readonly broken: string[]; readonly struck: boolean }

const attemptAll = async (course: Course, marks: Marks): Promise<Attempt> => {
  const { tell } = course
  let struck = false
  try {
    const { rows, files } = course.watch
    await until(
      course,
      'the ledgers are written, and both nodes heard',
      () =>
        [rows, files].every((writer) => !writer || writer.acked.length >= 10) &&
        course.row.cluster.nodes.every((node) => heard(course, node, marks.began)),
    )
    marks.injected = Date.now()
    struck = true
    await strike(course)
    await suffer(course, marks.injected)
    return { broken: await refusal(course), struck }
  } catch (error) {
    tell(`broken off: ${(error as Error).message}`)
    return { broken: [(error as Error).message], struck }
  }
}

const mend = async (course: Course, { healed }: Marks, struck: boolean): Promise<string[]> => {
  try {
    await heal(course)
    // Where nothing was broken, there is nothing to bring back.
    return struck ? await recover(course, healed) : []
  } catch (error) {
    return [(error as Error).message]
  }
}

const nothingRead = ({ rows, files }: Watch): End => ({
  ended: Date.now(),
  rows: ledgerOf(rows, undefined),
  files: ledgerOf(files, undefined),
  ...{ status: undefined, forbidden: undefined, drift: undefined },
})

/** Runs one drill: looks, strikes, waits, heals, recovers, and gives all that was seen; what breaks off is told there. */
export const conduct = async (
  ground: Ground,
  row: Row,
  active: string,
  tell: (line: string) => void,
): Promise<Evidence> => {
  const standby = row.cluster.nodes.find((node) => node !== active) ?? ''
  const clocks = await clocksOf(ground, row.cluster.nodes)
  const watch = startWatch(ground, row.cluster)
  const course: Course = { ground, row, active, standby, watch, away: {}, tell }
  const marks: Marks = { began: Date.now(), injected: Date.now(), healed: 0, recovered: 0 }
  const { broken, struck } = await attemptAll(course, marks)
  marks.healed = Date.now()
  broken.push(...(await mend(course, marks, struck)))
  marks.recovered = Date.now()
  const end = await concludeDrill(ground, row, watch, clocks, tell).catch((error: Error) => {
    broken.push(error.message)
    return nothingRead(watch)
  })
  // Nothing goes on to write beside the next drill; what broke off was told.
  await watch.stop().catch(() => {})
  const { samples, databases, beside } = watch
  const { away } = course
  const fencings = ground.fencings()
  const seen = { samples, databases, beside, away, broken, fencings, emulated: ground.emulated }
  return { row, active, standby, ...marks, ...seen, ...end }
}
