import { describe, expect, it } from 'vitest'
import { toHtml } from '../../../../lab/drills/report/html.ts'
import { toJson } from '../../../../lab/drills/report/json.ts'
import { perSecond, segmentsOf } from '../../../../lab/drills/report/lanes.ts'
import { notRun, renderTable, resultOf } from '../../../../lab/drills/report/result.ts'
import { ledger, wellDone } from './fixture.ts'

const heading = {
  title: 'two-node',
  date: new Date('2026-01-02T03:04:05Z'),
  seed: 7,
  emulated: false,
  planned: 3,
}
const well = resultOf(wellDone)
const lost = resultOf({
  ...wellDone,
  row: { ...wellDone.row, name: 'reset' },
  rows: ledger([20, 45], [5, 6]),
})
const missed = notRun('graceful', 'the service moves', 'status is not safe')

describe('the table', () => {
  it('says of each drill what was lost and for how long nobody served, and what is wrong', () => {
    expect(renderTable([well, lost, missed])).toBe(
      [
        'drill      passed   without service  lost  phantom',
        'power-cut  yes      26.0 s           0     0',
        'reset      NO       26.0 s           2     0',
        'graceful   NOT RUN  ?                ?     ?',
        '',
        'reset: L fail: 2 of 75 rows lost: 5-6',
        'graceful: not run: status is not safe',
      ].join('\n'),
    )
  })

  it('does not take what is not known for nothing', () => {
    const unknown = resultOf({ ...wellDone, rows: undefined, files: undefined })
    expect(renderTable([unknown]).split('\n')[1]).toBe('power-cut  NO      ?                ?     ?')
  })
})

describe('the page', () => {
  it('says what was lost, and which seed repeats it', () => {
    const page = toHtml(heading, [well, lost, missed])
    expect(page).toContain('<title>drills on two-node: 2 of 3 not passed</title>')
    expect(page).toContain('2026-01-02 03:04 UTC, random, seed 7')
    expect(page).toContain('rows lost: 5-6')
    expect(page).toContain('not run: status is not safe')
    expect(page).not.toMatch(/<script|https?:/)
  })

  it('writes into a bar what it stands for, where that fits', () => {
    const page = toHtml(heading, [well])
    expect(page).toMatch(/<text [^>]*class="value">off or frozen by the drill<\/text>/)
    expect(page).toMatch(/<text [^>]*class="value">192\.0\.2\.10<\/text>/)
  })

  it('says that not all were run where somebody ended them', () => {
    expect(toHtml(heading, [well])).toContain('<title>drills on two-node: 1 of 3 run, all passed</title>')
    expect(JSON.parse(toJson(heading, [well]))).toMatchObject({ passed: false })
  })

  it('has all of it for programs, too', () => {
    expect(JSON.parse(toJson({ ...heading, planned: 1 }, [well]))).toMatchObject({ passed: true })
    const { passed, results } = JSON.parse(toJson(heading, [well, lost])) as {
      passed: boolean
      results: { rows: object }[]
    }
    expect(passed).toBe(false)
    expect(results[1]?.rows).toMatchObject({ lost: [5, 6], phantom: [] })
  })
})

describe('a line of the picture', () => {
  const look = (value: string) => ({ value, mood: 'ok' as const })
  const at = (...times: number[]) => times.map((sent) => ({ sent, received: sent + 10 }))

  it('joins equal answers, and ends where nobody answered for long', () => {
    const points = [...at(0, 200, 400), ...at(60_000, 60_200)]
    expect(segmentsOf(points, () => look('x'))).toEqual([
      { from: 0, to: 410, ...look('x') },
      { from: 60_000, to: 60_210, ...look('x') },
    ])
  })

  it('changes with the first answer that differs', () => {
    const [first, second] = segmentsOf(at(0, 200, 400), ({ sent }) => look(sent < 400 ? 'x' : 'y'))
    expect(first).toEqual({ from: 0, to: 400, ...look('x') })
    expect(second).toEqual({ from: 400, to: 410, ...look('y') })
  })

  it('counts the writes of each second', () => {
    expect(
      perSecond(
        [0, 10, 999, 2500].map((at, id) => ({ id, at })),
        0,
        3000,
      ),
    ).toEqual([3, 0, 1])
  })
})
