import { create, type XMLElement } from 'xmlbuilder'
import { STYLE } from '../../../lib/report/style.ts'
import { observables } from '../drill.ts'
import { listIds } from '../ledger/judge.ts'
import { drawDrill } from './picture.ts'
import { cellsOf, columns, type Result } from './result.ts'

/** What is said of all drills together. */
export type Heading = {
  /** Of the topology, or of the clusters. */
  readonly title: string
  readonly date: Date
  readonly seed: number | undefined
  readonly emulated: boolean
  /** How many were to be run: what is written after each one may be the last that was. */
  readonly planned: number
}

// It holds no `>` and no `&`, which the builder would escape.
const OWN = `
svg .fault { fill: var(--failed); opacity: .13; stroke: none; }
svg .fault-name, svg .most { text-anchor: start; opacity: 1; }
svg .value { font-size: 9px; fill: Canvas; }
svg .writes { fill: var(--ok); stroke: none; }
svg .gap { fill: none; stroke: var(--failed); stroke-dasharray: 4 3; }
.pass { color: var(--ok); }
.fail { color: var(--failed); }
`

/** The drills as one page that needs nothing else: the table, and a picture of each with what was observed. */
export const toHtml = (heading: Heading, results: readonly Result[]): string => {
  const page = create('html', { headless: true, invalidCharReplacement: '\uFFFD' }).att('lang', 'en')
  const title = `drills on ${heading.title}: ${outcome(heading, results)}`
  const head = page.ele('head')
  head.ele('meta', { charset: 'utf-8' })
  head.ele('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' })
  head.ele('title', {}, title)
  head.ele('style', {}, `${STYLE}${OWN}`)
  const body = page.ele('body')
  body.ele('h1', {}, title)
  body.ele('p', { class: 'when' }, describe(heading))
  addTable(body, results)
  for (const result of results) addDrill(body, result)
  return `<!doctype html>\n${page.end({ allowEmpty: true })}\n`
}

const outcome = ({ planned }: Heading, results: readonly Result[]): string => {
  const failed = results.filter((result) => !result.passed).length
  const run = results.length < planned ? `${results.length} of ${planned} run, ` : ''
  return `${run}${failed === 0 ? 'all passed' : `${failed} of ${results.length} not passed`}`
}

const describe = ({ date, seed, emulated }: Heading): string =>
  [
    `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ...(seed === undefined ? [] : [`random, seed ${seed}`]),
    ...(emulated ? ['emulated machines: seconds are told, not judged'] : []),
  ].join(', ')

const addTable = (body: XMLElement, results: readonly Result[]): void => {
  const table = body.ele('div', { class: 'scroll' }).ele('table')
  const head = table.ele('tr')
  for (const title of columns) head.ele('th', {}, title)
  for (const result of results) {
    const row = table.ele('tr')
    const [name = '', ...cells] = cellsOf(result)
    row.ele('td', {}, name)
    for (const cell of cells) row.ele('td', { class: result.passed ? 'pass' : 'fail' }, cell)
  }
}

const addDrill = (body: XMLElement, result: Result): void => {
  body.ele('h2', {}, result.name)
  body.ele('p', {}, result.shows)
  if (result.notRun) body.ele('p', { class: 'fail' }, `not run: ${result.notRun}`)
  if (result.evidence) drawDrill(body.ele('div', { class: 'scroll' }), result.evidence)
  const table = body.ele('div', { class: 'scroll' }).ele('table')
  for (const [observable, { state, why }] of Object.entries(result.verdicts)) {
    const row = table.ele('tr')
    row.ele('td', {}, `${observable}: ${observables[observable as keyof typeof observables]}`)
    row.ele('td', { class: state }, [state, why].filter(Boolean).join(': '))
  }
  for (const [what, account] of [['rows', result.rows] as const, ['files', result.files] as const])
    if (account && account.lost.length + account.phantom.length > 0)
      body.ele(
        'pre',
        {},
        `${what} lost: ${listIds(account.lost) || 'none'}\n${what} phantom: ${listIds(account.phantom) || 'none'}`,
      )
}
