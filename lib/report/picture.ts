import type { XMLElement } from 'xmlbuilder'
import type { Entry, RunRecord } from './record.ts'

/** In units of the drawing, which a page scales to its width. */
const WIDTH = 720
const LABEL = 110
const ROW = 26
const AXIS = 22

/**
 * The run as a picture: a row for each host, time from left to right, one bar a task that was more than looked at.
 *
 * @param parent the element that the drawing becomes a child of
 */
export function drawRun(parent: XMLElement, { hosts, entries, duration }: RunRecord): void {
  const height = hosts.length * ROW + AXIS
  const svg = parent.ele('svg', {
    viewBox: `0 0 ${WIDTH} ${height}`,
    role: 'img',
    'aria-label': 'The hosts by time: what each of them did, and when',
  })
  const x = (time: number) => LABEL + (time / Math.max(duration, 1)) * (WIDTH - LABEL - 10)
  drawAxis(svg, x, duration, hosts.length * ROW)
  for (const [index, host] of hosts.entries()) {
    const top = index * ROW
    svg.ele('text', { x: 0, y: top + ROW - 9, class: 'host' }, host)
    svg.ele('line', { x1: LABEL, x2: WIDTH - 10, y1: top + ROW - 4, y2: top + ROW - 4, class: 'grid' })
    for (const entry of entries.filter((one) => one.host === host)) drawBar(svg, entry, x, top)
  }
}

function drawBar(
  svg: XMLElement,
  { name, outcome, from, to }: Entry,
  x: (time: number) => number,
  top: number,
) {
  const width = Math.max(x(to) - x(from), outcome === 'ok' || outcome === 'skipped' ? 0 : 2)
  if (width === 0) return
  const bar = svg.ele('rect', {
    x: round(x(to) - width),
    y: top + 5,
    width: round(width),
    height: ROW - 10,
    class: outcome,
  })
  bar.ele('title', {}, `${name}: ${outcome}, ${describeTime(to - from)}`)
}

function drawAxis(svg: XMLElement, x: (time: number) => number, duration: number, bottom: number): void {
  for (const time of ticks(duration)) {
    svg.ele('line', { x1: round(x(time)), x2: round(x(time)), y1: 0, y2: bottom, class: 'grid' })
    svg.ele('text', { x: round(x(time)), y: bottom + 15, class: 'tick' }, describeTime(time))
  }
}

/** From none to six round times, in milliseconds. */
export function ticks(duration: number): number[] {
  const steps = [
    100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000, 3_600_000,
  ]
  const step = steps.find((one) => duration / one <= 6) ?? duration
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step)
}

/** Milliseconds for people. */
export function describeTime(time: number): string {
  if (time < 1000) return time === 0 ? '0' : `${Math.round(time)} ms`
  return time < 60_000
    ? `${round(time / 1000)} s`
    : `${Math.floor(time / 60_000)} min ${Math.round((time % 60_000) / 1000)} s`
}

const round = (value: number): number => Math.round(value * 10) / 10
