import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toHtml } from '../../lab/drills/report/html.ts'
import { resultOf } from '../../lab/drills/report/result.ts'
import { wellDone } from '../unit/lab/drills/fixture.ts'

// The picture of a drill as a real browser lays it out, on a screen and on a phone.

const DATE = new Date('2026-01-02T03:04:05Z')

interface Box {
  left: number
  right: number
  title: string
}

interface Page {
  /** Pixels that the page is wider than the window. */
  beyond: number
  boxes: Record<'fault' | 'gap' | 'writes' | 'ok', Box[]>
}

// What is measured goes into the title, since that is what a browser without a screen prints.
const MEASURE = `<script>
const boxes = (name) => [...document.querySelectorAll('svg rect.' + name)].map((one) => {
  const { left, right } = one.getBoundingClientRect()
  return { left, right, title: one.textContent }
})
const page = document.documentElement
document.title = JSON.stringify({
  beyond: page.scrollWidth - page.clientWidth,
  boxes: Object.fromEntries(['fault', 'gap', 'writes', 'ok'].map((name) => [name, boxes(name)])),
})
</script>`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-page-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function open(width: number): Page {
  const heading = { title: 'two-node', date: DATE, seed: undefined, emulated: true, planned: 1 }
  const file = join(folder, 'page.html')
  writeFileSync(
    file,
    toHtml(heading, [resultOf(wellDone)]).replace('</body>', () => `${MEASURE}</body>`),
  )
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  const words = [...options, `--user-data-dir=${folder}/${width}`, `--window-size=${width},900`]
  const dom = execFileSync('chromium', [...words, '--dump-dom', `file://${file}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const title = /<title>(.*?)<\/title>/s.exec(dom)?.[1] ?? ''
  return JSON.parse(title.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as Page
}

describe('the report of a drill in a browser', () => {
  it('shows the fault, the takeover, and the gap between the writes', () => {
    const { boxes } = open(1200)
    const [fault] = boxes.fault
    const [gap] = boxes.gap
    const [before, after] = boxes.ok.filter(({ title }) => title.startsWith('192.0.2.10'))
    if (!fault || !gap || !before || !after) throw new Error('the picture is not complete')
    expect(fault.title).toBe('the fault: power-cut')
    expect(gap.title).toBe('nothing acknowledged for 26 s')
    // The first node loses the address under the fault, the other one gets it within the gap.
    expect(before.right).toBeLessThanOrEqual(fault.left + 2)
    expect(after.left).toBeGreaterThan(fault.left)
    expect(after.left).toBeLessThan(fault.right)
    expect(after.left).toBeGreaterThan(gap.left)
    expect(after.left).toBeLessThan(gap.right)
    // No write stands inside of the gap, but many do on both sides of it.
    const inside = boxes.writes.filter(({ left, right }) => left > gap.left + 8 && right < gap.right - 8)
    expect(inside).toEqual([])
    expect(boxes.writes.filter(({ right }) => right < fault.left).length).toBeGreaterThan(10)
    expect(boxes.writes.filter(({ left }) => left > gap.right).length).toBeGreaterThan(10)
  })

  it('fits a phone: what is wide scrolls by itself', () => {
    expect(open(400).beyond).toBe(0)
  })
})
