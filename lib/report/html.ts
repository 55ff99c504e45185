import { create, type XMLElement } from 'xmlbuilder'
import { type HostRecap, OUTCOMES } from '../apply/events.ts'
import { describeTime, drawRun } from './picture.ts'
import type { Entry, RunRecord } from './record.ts'
import { STYLE } from './style.ts'

/** The run as one page that needs nothing else: a picture, the recap, what went wrong, what changed. */
export function toHtml(record: RunRecord): string {
  const page = create('html', { headless: true, invalidCharReplacement: '\uFFFD' }).att('lang', 'en')
  const head = page.ele('head')
  head.ele('meta', { charset: 'utf-8' })
  head.ele('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' })
  head.ele('title', {}, `${record.playbook}: ${ENDED[record.exitCode] ?? record.exitCode}`)
  head.ele('style', {}, STYLE)
  fill(page.ele('body'), record)
  return `<!doctype html>\n${page.end({ allowEmpty: true })}\n`
}

const ENDED: Record<number, string> = {
  0: 'converged',
  1: 'invalid input',
  2: 'a host failed',
  3: 'refused by a guard',
  4: 'the outcome is unknown',
}

function fill(body: XMLElement, record: RunRecord): void {
  const { playbook, mode, date, duration, exitCode } = record
  body.ele('h1', {}, `${playbook}: ${mode === 'check' && exitCode === 0 ? 'checked' : ENDED[exitCode]}`)
  const when = date.toISOString().slice(0, 16).replace('T', ' ')
  body.ele(
    'p',
    { class: 'when' },
    `${when} UTC, ${describeTime(duration)}${mode === 'check' ? ', nothing was changed' : ''}`,
  )
  for (const lines of [record.foreword, record.conclusion])
    if (lines.length > 0) body.ele('pre', {}, lines.join('\n'))
  drawRun(body.ele('div', { class: 'scroll' }), record)
  addRecap(body, record.recap)
  addErrors(body, record.errors)
  addTasks(body, record.entries)
}

function addRecap(body: XMLElement, recap: Readonly<Record<string, HostRecap>>): void {
  const table = body.ele('div', { class: 'scroll' }).ele('table')
  const columns = [...OUTCOMES, 'trips'] as const
  const head = table.ele('tr')
  for (const title of ['host', ...columns]) head.ele('th', {}, title)
  for (const [host, counts] of Object.entries(recap)) {
    const row = table.ele('tr')
    row.ele('td', {}, host)
    for (const column of columns)
      row.ele('td', counts[column] > 0 ? { class: column } : {}, String(counts[column]))
  }
}

function addErrors(body: XMLElement, errors: readonly string[]): void {
  if (errors.length === 0) return
  body.ele('h2', {}, 'What went wrong')
  for (const error of errors) body.ele('pre', {}, error)
}

function addTasks(body: XMLElement, entries: readonly Entry[]): void {
  const worth = entries.filter(({ outcome }) => outcome !== 'ok' && outcome !== 'skipped')
  body.ele('h2', {}, worth.length > 0 ? 'What was not as wanted' : 'Everything was as wanted')
  for (const entry of worth) addTask(body, entry)
}

function addTask(body: XMLElement, { host, name, outcome, details, diff }: Entry): void {
  const item = body.ele('details')
  const summary = item.ele('summary')
  summary.ele('span', { class: `outcome ${outcome}` }, outcome)
  summary.txt(` ${host}  ${name}`)
  if (details.length > 0) item.ele('pre', {}, details.join('\n'))
  if (diff === undefined) return
  const shown = item.ele('pre')
  for (const line of diff.split('\n')) {
    if (line.startsWith('+')) shown.ele('span', { class: 'add' }, `${line}\n`)
    else if (line.startsWith('-')) shown.ele('span', { class: 'del' }, `${line}\n`)
    else shown.txt(`${line}\n`)
  }
}
