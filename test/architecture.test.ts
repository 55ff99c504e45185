import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const LIB = new URL('../lib', import.meta.url).pathname

/** Each layer may import itself and the layers named for it; CONTRIBUTING says why. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  secret: [],
  shell: ['errors', 'secret'],
  transport: ['errors', 'secret', 'shell'],
  inventory: ['errors', 'secret', 'transport'],
  resource: ['errors', 'secret', 'shell'],
  resources: ['errors', 'secret', 'shell', 'resource'],
  facts: ['shell', 'resource'],
  hosts: ['errors', 'inventory', 'transport'],
  cluster: ['errors', 'secret', 'shell', 'resource'],
  replication: ['errors', 'secret', 'shell', 'resource', 'resources', 'cluster'],
  plan: ['errors', 'secret', 'shell', 'inventory', 'resource'],
  diff: ['errors', 'resource'],
  probe: ['errors', 'shell', 'resource', 'diff', 'plan'],
  apply: ['errors', 'secret', 'shell', 'transport', 'resource', 'plan', 'probe', 'diff'],
  report: ['errors', 'secret', 'apply'],
  runbook: ['errors', 'secret', 'shell', 'transport', 'inventory', 'resource', 'plan', 'apply'],
  journal: ['errors', 'secret', 'apply'],
  play: [
    'errors',
    'secret',
    'transport',
    'inventory',
    'resource',
    'plan',
    'apply',
    'report',
    'runbook',
    'journal',
  ],
  index: ['errors', 'secret', 'shell', 'resource', 'plan', 'play'],
}

const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const read = (file: string) => readFileSync(join(LIB, file), 'utf8')
const layerOf = (file: string) => file.replace(/\.ts$/, '').split('/')[0] as string

/** Files of lib that a file imports, with values or with types alone. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/^(?:import|export) [^'";]*?from '(\.[^']+)'/gm)].map(([, path]) =>
    relative(LIB, join(LIB, dirname(file), path as string)),
  )
}

describe('the layers of lib', () => {
  it.each(files)('%s imports only what its layer may', (file) => {
    const layer = layerOf(file)
    const allowed = [layer, ...(MAY_IMPORT[layer] ?? [])]
    expect(importsOf(file).filter((other) => !allowed.includes(layerOf(other)))).toEqual([])
  })

  it('have no cycle', () => {
    const order = Object.keys(MAY_IMPORT)
    const backward = Object.entries(MAY_IMPORT).flatMap(([layer, others]) =>
      others.filter((other) => reaches(other, layer)).map((other) => `${layer} ↔ ${other}`),
    )
    expect(order).toEqual(expect.arrayContaining([...new Set(files.map(layerOf))]))
    expect(backward).toEqual([])
  })

  it('know each file of transport/ through apply and play alone, but for types', () => {
    const touching = files.filter((file) => /from '(node:child_process|ssh2-promise|ssh2)'/.test(read(file)))
    expect(touching.filter((file) => layerOf(file) !== 'transport')).toEqual([])
  })
})

function reaches(from: string, to: string): boolean {
  return from === to || (MAY_IMPORT[from] ?? []).some((next) => reaches(next, to))
}

describe('only report prints and only play ends the process', () => {
  // The script at the end of a runbook is text here; zx runs it as a program of its own.
  const elsewhere = files.filter(
    (file) => !['report', 'play'].includes(layerOf(file)) && file !== 'runbook/zx.ts',
  )

  it.each(elsewhere)('%s writes to no terminal', (file) => {
    expect(read(file)).not.toMatch(/console\.|process\.(stdout|stderr)\.write|process\.exit/)
  })
})

describe('the public names', () => {
  // A busy machine is slow to load all of it, not wrong.
  it('are these, and a change of them is a decision', { timeout: 30_000 }, async () => {
    const names = Object.keys(await import('runsheet')).sort()
    expect(names).toMatchInlineSnapshot(`
      [
        "CANNOT_TELL",
        "DOES_NOT_HOLD",
        "InvalidInput",
        "RunsheetError",
        "Secret",
        "Text",
        "block",
        "canonical",
        "definePlaybook",
        "defineResource",
        "describePlace",
        "describeProblem",
        "handler",
        "lines",
        "parseState",
        "play",
        "playFromFacts",
        "raw",
        "redact",
        "redactedJson",
        "run",
        "sh",
        "text",
        "z",
      ]
    `)
  })
})
