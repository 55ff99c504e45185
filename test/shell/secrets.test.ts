import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../lib/secret.ts'
import { raw, type Shell, sh } from '../../lib/shell/sh.ts'
import type { Step } from '../../lib/shell/step.ts'
import { text, writeText } from '../../lib/shell/text.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, openFolder, openShell, SHELLS } from '../support/shells.ts'

const ask = (run: Shell): Step => ({ kind: 'ask', name: 'question', run })

/** The same as soon as a process is there that shows the marker. */
async function everyProcessWith(marker: string): Promise<string> {
  for (;;) {
    const shown = everyProcess()
    if (shown.includes(marker)) return shown
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What every process of this machine shows of itself, as far as this user may see it. */
function everyProcess(): string {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return ids.flatMap((id) => [show(`/proc/${id}/cmdline`), show(`/proc/${id}/environ`)]).join('\n')
}

function show(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

describe.each(SHELLS)('$name', ({ command }) => {
  let session: Session
  let folder: string
  beforeAll(async () => {
    folder = openFolder()
    session = await openShell(command, folder)
  })
  afterAll(() => session.close())

  test('a secret is in no argument and no environment while it is used', async () => {
    const secret = new Secret('root password', 'hunter2-und-mehr')
    const marker = `seen-${process.pid}`
    const target = join(folder, 'secret')
    const seen = join(folder, 'seen')
    const write = writeText(text`key ${secret}\n`, target)
    const wait = raw(`env ${marker}=1 sh -c 'until [ -e ${seen} ]; do sleep 0.05; done'`)
    const running = frames(session, [ask(sh`${write}\n: ${secret}; ${wait}; rm ${seen}`)])
    const shown = await everyProcessWith(marker)
    writeFileSync(seen, '')
    expect((await running)[0]?.words.at(-1)).toBe('0')
    expect(shown).not.toContain(secret.reveal())
    expect(readFileSync(target, 'utf8')).toBe('key hunter2-und-mehr\n')
  })

  test('it is gone after its batch', async () => {
    const secret = new Secret('a-b', 'value')
    const [during] = await frames(session, [ask(sh`echo ${secret}; env | grep -c secret_`)])
    expect(during?.stdout).toBe('value\n0\n')
    const [after] = await frames(session, [ask(raw('echo "\x24{secret_a_b-gone}"'))])
    expect(after?.stdout).toBe('gone\n')
  })

  test('any value arrives as it is, also in a file', () => {
    const nasty = fc.constantFrom("'", '"', '$(id)', '`', '\\', '\n', 'é', 'END', '-')
    const value = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 8 })
      .map((all) => all.join('').replaceAll('\0', ''))
    return fc.assert(
      fc.asyncProperty(value, async (hidden) => {
        const secret = new Secret('s', hidden)
        const target = join(folder, 'file')
        const [frame] = await frames(session, [
          ask(sh`printf %s ${secret}; ${writeText(text`<${secret}>`, target)}`),
        ])
        expect(frame).toMatchObject({ stdout: hidden, stderr: '' })
        expect(readFileSync(target, 'utf8')).toBe(`<${hidden}>`)
      }),
      { numRuns: 15 },
    )
  })
})
