import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drillOn } from './drill-on.ts'
import { converged } from './laboratory.ts'
import { log } from './labs.ts'

// Drills as a person types them, and the proof that they can fail.

const REPORT = join(tmpdir(), `runsheet-drills-${process.pid}.html`)

/** Types \`npm run drills -- …\`; the progress is shown meanwhile. */
function drills(...words: string[]): Promise<{ code: number | null; stdout: string }> {
  const child = spawn('node', ['dist/lab/drills/cli.js', ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout }))
  })
}

beforeAll(() => converged('two-node'))
afterAll(() => {
  for (const file of [REPORT, REPORT.replace(/html$/, 'json')]) rmSync(file, { force: true })
})

describe('drills', () => {
  it('lose nothing that was acknowledged, and tell for how long nobody served', {
    timeout: 90 * 60_000,
  }, async () => {
    const names = ['graceful', 'kill-database', 'drbd-port', 'power-cut']
    const { code, stdout } = await drills('--topology', 'two-node', '--report', REPORT, '--drill', ...names)
    log(stdout)
    expect(code).toBe(0)
    const lines = stdout.split('\n').slice(1, 1 + names.length)
    expect(lines.map((line) => line.split(/ +/).slice(0, 2))).toEqual(names.map((name) => [name, 'yes']))
    expect(existsSync(REPORT)).toBe(true)
    const { results } = JSON.parse(readFileSync(REPORT.replace(/html$/, 'json'), 'utf8')) as {
      results: { rows: { acked: number; lost: number[]; phantom: number[] } }[]
    }
    for (const { rows } of results) {
      expect(rows).toMatchObject({ lost: [], phantom: [] })
      expect(rows.acked).toBeGreaterThan(20)
    }
  })

  it('are red with two holders where a partition is fenced by nobody', { timeout: 60 * 60_000 }, async () => {
    // Its recovery is that of a split, since there will be one.
    const recovery = [{ playbook: 'resolve-split-brain', extra: { victim: 'idle' } }]
    const result = await drillOn('two-node', 'partition-fenced', { recovery })
    expect(result?.passed).toBe(false)
    expect(result?.verdicts.V?.why).toMatch(/^two holders of the address for \d/)
    expect(result?.verdicts.P?.why).toMatch(/^two Primaries for \d/)
  })
})
