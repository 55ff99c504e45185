import { create } from 'xmlbuilder'
import type { Entry, RunRecord } from './record.ts'

/**
 * The run in the XML that CI servers read (JUnit, as the schema of Jenkins' xUnit plugin has it): a host is a suite,
 * a task a case. What is unknown counts as an error, what failed as a failure.
 */
export function toJUnit(record: RunRecord): string {
  const suites = record.hosts.map((host) =>
    suite(
      host,
      record.entries.filter((entry) => entry.host === host),
    ),
  )
  return create(
    { testsuites: { '@name': record.playbook, '@time': seconds(record.duration), testsuite: suites } },
    // Terminals take control characters, XML does not.
    { encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' },
  ).end({ pretty: true })
}

function suite(host: string, entries: readonly Entry[]) {
  const count = (...outcomes: string[]) => entries.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    '@name': host,
    '@tests': entries.length,
    '@failures': count('failed'),
    '@errors': count('unknown'),
    '@skipped': count('skipped'),
    '@time': seconds(entries.reduce((sum, { from, to }) => sum + to - from, 0)),
    testcase: entries.map(testCase),
  }
}

function testCase({ play, name, outcome, from, to, details, diff }: Entry) {
  const text = [...details, ...(diff === undefined ? [] : [diff])].join('\n')
  return {
    '@classname': play,
    '@name': name,
    '@time': seconds(to - from),
    ...(outcome === 'failed' && { failure: { '@message': details[0] ?? outcome, '#text': text } }),
    ...(outcome === 'unknown' && { error: { '@message': details[0] ?? outcome, '#text': text } }),
    ...(outcome === 'skipped' && { skipped: { '@message': text } }),
    ...(outcome.endsWith('change') || outcome === 'changed' ? { 'system-out': `${outcome}\n${text}` } : {}),
  }
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)
