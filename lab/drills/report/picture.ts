import type { XMLElement } from 'xmlbuilder'
import { describeTime, ticks } from '../../../lib/report/picture.ts'
import type { Evidence } from '../audit/evidence.ts'
import { longestGap, type Note } from '../ledger/judge.ts'
import { lanesOf, perSecond, type Segment } from './lanes.ts'

/** In units of the drawing, which a page scales to its width. */
const WIDTH = 720
const LABEL = 120
const ROW = 20
const BARS = 46
const AXIS = 22
/** The width of a letter in a bar, generously. */
const LETTER = 6

type Scale = (time: number) => number

const round = (value: number): number => Math.round(value * 10) / 10

/**
 * A drill as a picture: the fault as a band over all, a line for what each node did, and the writes that were
 * acknowledged in each second, with the longest time without one.
 *
 * @param parent the element that the drawing becomes a child of
 */
export const drawDrill = (parent: XMLElement, evidence: Evidence): void => {
  const { began, ended, injected, healed } = evidence
  const lanes = lanesOf(evidence)
  const ledgers = [
    ['rows', evidence.rows],
    ['files', evidence.files],
  ] as const
  const shown = ledgers.flatMap(([what, ledger]) => (ledger ? [{ what, acked: ledger.notes.acked }] : []))
  const bottom = lanes.length * ROW + shown.length * BARS + ROW
  const svg = parent.ele('svg', {
    viewBox: `0 0 ${WIDTH} ${bottom + AXIS}`,
    role: 'img',
    'aria-label': 'What each node did, and the writes that were acknowledged, by time',
  })
  const x: Scale = (time) => LABEL + ((time - began) / Math.max(ended - began, 1)) * (WIDTH - LABEL - 10)
  drawFault(svg, evidence, x, bottom)
  drawAxis(svg, x, began, ended - began, bottom)
  for (const [index, { node, what, segments }] of lanes.entries()) {
    const top = ROW + index * ROW
    svg.ele('text', { x: 0, y: top + 14, class: 'host' }, `${node} ${what}`)
    for (const segment of segments) drawSegment(svg, segment, x, top)
  }
  for (const [index, { what, acked }] of shown.entries())
    drawWrites(svg, { what, acked, injected, began, ended }, x, ROW + lanes.length * ROW + index * BARS)
  svg.ele('line', { x1: round(x(healed)), x2: round(x(healed)), y1: 0, y2: bottom, class: 'grid' })
}

const drawFault = (svg: XMLElement, { row, injected, healed }: Evidence, x: Scale, bottom: number): void => {
  const band = svg.ele('rect', {
    ...{ x: round(x(injected)), y: 0, width: round(Math.max(x(healed) - x(injected), 2)), height: bottom },
    class: 'fault',
  })
  band.ele('title', {}, `the fault: ${row.drill.faults.map(({ fault }) => fault).join(', ') || 'none'}`)
  svg.ele('text', { x: round(x(injected) + 4), y: 13, class: 'tick fault-name' }, row.name)
}

const drawAxis = (svg: XMLElement, x: Scale, began: number, duration: number, bottom: number): void => {
  for (const time of ticks(duration)) {
    const at = round(x(began + time))
    svg.ele('line', { x1: at, x2: at, y1: ROW, y2: bottom, class: 'grid' })
    svg.ele('text', { x: at, y: bottom + 15, class: 'tick' }, describeTime(time))
  }
}

const drawSegment = (svg: XMLElement, { from, to, value, mood }: Segment, x: Scale, top: number): void => {
  const width = round(Math.max(x(to) - x(from), 1))
  const bar = svg.ele('rect', { x: round(x(from)), y: top + 4, width, height: ROW - 8, class: mood })
  bar.ele('title', {}, `${value}: ${describeTime(to - from)}`)
  // On paper and on a phone nobody can point at a bar.
  if (value.length * LETTER < width)
    svg.ele('text', { x: round(x(from) + 4), y: top + 13, class: 'value' }, value)
}

type Writes = { what: string; acked: readonly Note[]; injected: number; began: number; ended: number }

const drawWrites = (
  svg: XMLElement,
  { what, acked, injected, began, ended }: Writes,
  x: Scale,
  top: number,
): void => {
  const counts = perSecond(acked, began, ended)
  const most = Math.max(...counts, 1)
  svg.ele('text', { x: 0, y: top + BARS / 2, class: 'host' }, `${what} a second`)
  svg.ele('text', { x: 0, y: top + BARS / 2 + 13, class: 'tick most' }, `at most ${most}`)
  for (const [second, count] of counts.entries()) {
    if (count === 0) continue
    const from = x(began + second * 1000)
    const height = round((count / most) * (BARS - 12))
    const width = round(Math.max(x(began + second * 1000 + 1000) - from, 0.5))
    svg.ele('rect', { x: round(from), y: round(top + BARS - 4 - height), width, height, class: 'writes' })
  }
  const gap = longestGap(acked, injected, ended)
  if (!gap) return
  const [from, to] = [x(gap.from), x(gap.to)]
  const mark = svg.ele('rect', {
    x: round(from),
    y: top + 4,
    width: round(Math.max(to - from, 1)),
    height: BARS - 8,
    class: 'gap',
  })
  mark.ele('title', {}, `nothing acknowledged for ${describeTime(gap.to - gap.from)}`)
}
