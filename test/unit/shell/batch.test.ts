import { describe, expect, test } from 'vitest'
import { Secret } from '../../../lib/secret.ts'
import { renderBatch, shellsOf } from '../../../lib/shell/batch.ts'
import { prelude } from '../../../lib/shell/prelude.ts'
import { raw, sh } from '../../../lib/shell/sh.ts'
import type { Step } from '../../../lib/shell/step.ts'

const ask = (text: string, name = 'q'): Step => ({ kind: 'ask', name, run: raw(text) })

test('a batch is one compound command away from the shell input', () => {
  expect(renderBatch([ask("echo 'it'"), { kind: 'pending' }])).toBe(
    "{\nrs_begin\nrs_ask q 'echo '\\''it'\\'''\nrs_pending\nrs_end\n} </dev/null\n",
  )
})

test('every step is one call', () => {
  const steps: Step[] = [
    { kind: 'probe', number: 1, needs: ['stat'], probe: raw('p'), when: raw('w w') },
    {
      kind: 'fused',
      number: 2,
      needs: [],
      probe: raw('p'),
      expected: 'a b',
      notify: ['x', 'y'],
      apply: raw('a'),
    },
    { kind: 'handler', id: 'x', run: raw('r') },
  ]
  expect(renderBatch(steps)).toContain(
    "rs_probe 1 'w w' p stat\nrs_fused 2 '' 'a b' 'x y' '' a p\nrs_handler x r\n",
  )
})

test('a long batch says its length in bytes', () => {
  const batch = renderBatch([ask('é'.repeat(40_000))])
  const [first, ...rest] = batch.split('\n')
  expect(first).toBe(`rs_take ${Buffer.byteLength(rest.join('\n'))}`)
})

describe('secrets', () => {
  const secret = new Secret('db-password', "it's")

  test('are set at the start, once, and unset at the end', () => {
    const step: Step = { kind: 'ask', name: 'q', run: sh`login ${secret}; login ${secret}` }
    const lines = renderBatch([step, step]).split('\n')
    expect(lines.filter((line) => line.startsWith('unset'))).toEqual([
      "unset secret_db_password; secret_db_password='it'\\''s'",
      'unset secret_db_password',
    ])
    expect(lines.join('\n').split("it'").length).toBe(2)
  })

  test('are collected from every part of a step', () => {
    const part = (name: string) => sh`: ${new Secret(name, name)}`
    const step: Step = {
      kind: 'fused',
      number: 1,
      needs: [],
      when: part('w'),
      probe: part('p'),
      expected: '',
      notify: [],
      recheck: part('r'),
      apply: part('a'),
    }
    expect(shellsOf(step).flatMap(({ secrets }) => secrets.map(({ name }) => name))).toEqual([
      'w',
      'p',
      'r',
      'a',
    ])
    for (const name of 'wpra') expect(renderBatch([step])).toContain(`secret_${name}=${name}\n`)
  })

  test('two that share a variable are refused without being shown', () => {
    const step: Step = { kind: 'ask', name: 'q', run: sh`${secret} ${new Secret('db_password', 'other')}` }
    expect(() => renderBatch([step])).toThrow(
      new TypeError('two secrets share the variable secret_db_password'),
    )
  })
})

test.each(['', '.', '../x', 'a b', '-f', 'a/b', 'a\n', 'x'.repeat(202)])('%j is no handler id', (id) => {
  expect(() => renderBatch([{ kind: 'handler', id, run: raw('true') }])).toThrow(TypeError)
})

test('a NUL byte is refused', () => {
  expect(() => renderBatch([ask('echo \0')])).toThrow(TypeError)
})

test('the prelude forks nothing and exports nothing but the environment', () => {
  const text = prelude('ab'.repeat(16))
  expect(text.startsWith(`RS=${'ab'.repeat(16)} rs_state= `)).toBe(true)
  expect(text.match(/^export .*$/gm)).toEqual(['export LC_ALL PATH'])
})
