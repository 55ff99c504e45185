import { describe, expect, it } from 'vitest'
import type { HostRecap, RunEvent } from '../../../lib/apply/events.ts'
import { RunsheetError } from '../../../lib/errors.ts'
import { toHtml } from '../../../lib/report/html.ts'
import { toJUnit } from '../../../lib/report/junit.ts'
import { keepRecord, type RunRecord } from '../../../lib/report/record.ts'
import { Secret } from '../../../lib/secret.ts'

const recap: HostRecap = {
  ok: 1,
  changed: 1,
  'would-change': 0,
  unknown: 1,
  skipped: 1,
  failed: 1,
  rescued: 0,
  trips: 4,
}
const task = (more: object) =>
  ({ event: 'task', play: 'p', number: 1, kind: 'file', id: '/f', host: 'a', ...more }) as RunEvent

/** Each event and the milliseconds at which it came. */
const EVENTS: [number, RunEvent][] = [
  [0, { event: 'start', playbook: 'demo', mode: 'apply', hosts: ['a', 'b'] }],
  [50, { event: 'foreword', lines: ['hunter2secret would be lost'] }],
  [100, { event: 'play', play: 'p', hosts: ['a', 'b'] }],
  [100, task({ name: 'first', outcome: 'ok' })],
  [100, { event: 'working', host: 'a', name: 'second' }],
  [400, task({ name: 'second', outcome: 'changed', changes: ['mode: 0600 → 0644'], diff: '-old\n+<new>\n' })],
  [500, task({ name: 'skip', outcome: 'skipped', reason: 'not here' })],
  [600, task({ name: 'break', outcome: 'failed', reason: 'it said hunter2secret \u001b[31mloud' })],
  [700, task({ name: 'lost', outcome: 'unknown', reason: 'the connection was lost', host: 'b' })],
  [750, { event: 'handler', host: 'a', play: 'p', name: 'reload', outcome: 'changed' }],
  [800, { event: 'error', error: new RunsheetError('E_APPLY_FAILED', 'no & <space> for hunter2secret') }],
  [900, { event: 'conclusion', lines: ['a serves'] }],
  [1000, { event: 'recap', exitCode: 2, changed: 2, seconds: 1, hosts: { a: recap, b: recap } }],
]

function play(): RunRecord {
  let time = 5000
  const { follow, record } = keepRecord(() => time)
  for (const [at, event] of EVENTS) {
    time = 5000 + at
    follow(event)
  }
  return record()
}

describe('the record of a run', () => {
  new Secret('password', 'hunter2secret')

  it('gives each task the time since its host was free', () => {
    const times = play().entries.map(({ host, name, from, to }) => [host, name, from, to])
    expect(times).toEqual([
      ['a', 'first', 100, 100],
      ['a', 'second', 100, 400],
      ['a', 'skip', 400, 500],
      ['a', 'break', 500, 600],
      ['b', 'lost', 700, 700],
      ['a', 'handler reload', 600, 750],
    ])
    expect(play()).toMatchObject({
      exitCode: 2,
      duration: 1000,
      foreword: ['[secret password] would be lost'],
      conclusion: ['a serves'],
    })
  })

  it('becomes JUnit XML: a host is a suite, what is unknown is an error', () => {
    const xml = toJUnit(play())
    expect(xml).toContain('<testsuite name="a" tests="5" failures="1" errors="0" skipped="1" time="0.650">')
    expect(xml).toContain('<testsuite name="b" tests="1" failures="0" errors="1" skipped="0" time="0.000">')
    expect(xml).toContain('<testcase classname="p" name="second" time="0.300">')
    expect(xml).toContain('<skipped message="not here"/>')
    expect(xml).toContain('+&lt;new&gt;')
    expect(xml).toContain('it said [secret password] \uFFFD[31mloud')
    expect(xml).not.toContain('hunter2secret')
  })

  it('becomes a page with a picture, its diffs folded', () => {
    const html = toHtml(play())
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).toContain('<title>demo: a host failed</title>')
    expect(html.match(/<rect /g)).toHaveLength(5)
    expect(html).toContain('<title>second: changed, 300 ms</title>')
    expect(html).toContain('<span class="add">+&lt;new&gt;')
    expect(html).toContain('no &amp; &lt;space&gt; for [secret password]')
    expect(html).not.toContain('hunter2secret')
    expect(html, 'it needs nothing from elsewhere').not.toMatch(/(?:src|href)=|url\(|@import/)
  })
})
