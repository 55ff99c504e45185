import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw, type Shell, sh } from '../../lib/shell/sh.ts'
import type { Step } from '../../lib/shell/step.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, openFolder, openShell, SHELLS } from '../support/shells.ts'

const ask = (run: Shell, name = 'question'): Step => ({ kind: 'ask', name, run })
const probe = (text: Shell, when?: Shell): Step => ({
  kind: 'probe',
  number: 1,
  needs: [],
  when,
  probe: text,
})

/** Every character but NUL, and those that mean something to a shell more often than the others. */
const NASTY = [
  "'",
  '"',
  '`',
  '$(echo no)',
  '\x24{HOME}',
  '\\',
  '\n',
  '\n\n',
  '-n',
  '-',
  ' ',
  '\t',
  '*',
  'é€😀',
  '\r',
  '\x81\x88',
  'RS',
]
const payload = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' })), { maxLength: 12 })
  .map((parts) => parts.join('').replaceAll('\0', ''))
const payloads = fc.array(payload, { minLength: 1, maxLength: 12 })

/** Pieces of shell text that are wrong alone and harmless together. */
const PIECES = [
  "'",
  '"',
  '`',
  '$(',
  '(',
  ')',
  '}',
  ';',
  '&',
  '&&',
  '|',
  'if',
  'then',
  'fi',
  'case',
  'in',
  'esac',
  'do',
  'done',
]
const ESCAPES = [
  'exit 3',
  'return 4',
  'set -eu',
  'set -f',
  'cd /tmp',
  'exec true',
  'exec 2>&-',
  'shift 9',
  'break',
  'true',
]
const TRICKS = [
  '<<END',
  '\\',
  '\n',
  '#',
  '${',
  '$((',
  'unset PATH RS',
  'umask 077',
  'trap "" EXIT',
  'IFS=0',
  'rs_halt=1',
  'cat',
]
const garbage = fc
  .array(fc.constantFrom(...PIECES, ...ESCAPES, ...TRICKS), { maxLength: 8 })
  .map((all) => all.join(' '))

const octal = (bytes: Uint8Array) =>
  [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')

describe.each(SHELLS)('$name', ({ command }) => {
  let session: Session
  beforeAll(async () => {
    session = await openShell(command, openFolder())
  })
  afterAll(() => session.close())

  const property = <Value>(values: fc.Arbitrary<Value>, check: (value: Value) => Promise<void>) =>
    fc.assert(fc.asyncProperty(values, check), { numRuns: 20 })

  test('every text comes back on both streams, byte for byte', () =>
    property(payloads, async (texts) => {
      const said = await frames(
        session,
        texts.map((text) => ask(sh`printf %s ${text}; printf %s ${text} >&2`)),
      )
      expect(said.map(({ stdout }) => stdout)).toEqual(texts)
      expect(said.map(({ stderr }) => stderr)).toEqual(texts)
    }))

  test('a probe gives its text without the newlines at its end', () =>
    property(payloads, async (texts) => {
      const said = await frames(
        session,
        texts.map((text) => probe(sh`printf %s ${text}; exit 3`)),
      )
      expect(said.map(({ stdout }) => stdout)).toEqual(texts.map((text) => text.replace(/\n+$/, '')))
      expect(said.every(({ words }) => words.join(' ') === 'probe 1 3')).toBe(true)
    }))

  test('binary noise stays within its frame', () =>
    property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 }), async (noises) => {
      const steps = noises.map((bytes) =>
        ask(raw(`printf '${octal(bytes)}'; printf '${octal(bytes)}' >&2; exit 9`)),
      )
      const texts = noises.map((bytes) => Buffer.from(bytes).toString())
      const said = await frames(session, steps)
      expect(said.map(({ stdout }) => stdout)).toEqual(texts)
      expect(said.map(({ stderr }) => stderr)).toEqual(texts)
    }))

  test('no text harms the step after it', () =>
    property(fc.array(garbage, { minLength: 1, maxLength: 4 }), async (texts) => {
      const after = ask(raw('pwd; umask; echo "$-" | tr -dc euf; echo "$#"; type cat >/dev/null; echo done'))
      const steps = texts.flatMap((text) => [
        probe(raw(text)),
        probe(raw('echo'), raw(text)),
        ask(raw(text)),
        after,
      ])
      const said = await frames(session, steps)
      expect(said).toHaveLength(steps.length)
      const followers = said.filter((_, index) => index % 4 === 3)
      expect(followers.every(({ stdout }) => /^\/\n0*22\n0\ndone\n$/.test(stdout))).toBe(true)
    }))

  test('a child that reads its input finds none', async () => {
    const steps = ['cat', 'read -r line; echo "[$line]"', 'head -c 9', 'sh'].map((text) => ask(raw(text)))
    const said = await frames(session, [...steps, ask(raw('echo last'))])
    expect(said.map(({ stdout }) => stdout)).toEqual(['', '[]\n', '', '', 'last\n'])
  })

  test('a name may be any text', async () => {
    const names = ['a b', "it's", '50%', '../x', '*', 'é\n', '!~()']
    const said = await frames(
      session,
      names.map((name) => ask(raw('true'), name)),
    )
    expect(said.map(({ words }) => words)).toEqual(names.map((name) => ['ask', name, '0']))
  })

  test('a long batch arrives whole, and so does the short one after it', async () => {
    const long = `${"é'\n".repeat(60_000)}x`
    expect(
      (
        await frames(session, [ask(sh`: ${long}; echo one`), ask(sh`text=${long}; echo "$text" | wc -l`)])
      ).map(({ stdout }) => stdout.trim()),
    ).toEqual(['one', '60001'])
    expect((await frames(session, [ask(raw('echo two'))]))[0]?.stdout).toBe('two\n')
  })

  test('a large output comes in full', async () => {
    const [frame] = await frames(session, [probe(raw('head -c 1000000 /dev/zero | tr "\\0" x'))])
    expect(frame?.stdout.length).toBe(1_000_000)
  })

  test('the environment is known', async () => {
    const [frame] = await frames(session, [
      ask(raw('echo "$LC_ALL"; umask; case :$PATH: in *:/usr/sbin:*:/sbin:*) echo sbin ;; esac')),
    ])
    expect(frame?.stdout).toMatch(/^C\n0*22\nsbin\n$/)
  })
})
