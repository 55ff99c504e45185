import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Task } from '../../lib/resource/contract.ts'
import { canonical } from '../../lib/resource/state.ts'
import { blockInFile, command, directory, file, lineInFile, symlink } from '../../lib/resources/index.ts'
import { Secret } from '../../lib/secret.ts'
import { sh } from '../../lib/shell/sh.ts'
import type { FusedStep } from '../../lib/shell/step.ts'
import { text } from '../../lib/shell/text.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, openFolder, openShell, SHELLS } from '../support/shells.ts'
import { HOSTILE } from './host.ts'

// The same texts on the engine's own wire: here-documents inside `eval`, one shell for all of them.

describe.each(SHELLS)('on a session with $name', (shell) => {
  let folder: string
  let session: Session
  beforeEach(async () => {
    folder = openFolder()
    session = await openShell(shell.command, folder)
  })
  afterEach(() => session.close())

  it('all converge in one batch, and all are as wanted in the next', async () => {
    const at = (name: string) => join(folder, name)
    const key = new Secret('key', HOSTILE.join('\n'))
    const tasks = [
      directory({ path: at('a/b'), mode: '0750' }),
      ...HOSTILE.map((name) => file({ path: at(`a/b/${name}`), content: name, mode: '0640' })),
      file({ path: at('key'), content: text`key ${key}\n` }),
      symlink({ path: at('l'), target: HOSTILE.join(' ') }),
      lineInFile({ path: at('lines'), line: 'last $(touch owned)' }),
      blockInFile({ path: at('blocks'), block: key, marker: '# {mark} `touch owned`' }),
      command({ name: 'c', run: sh`echo done > ${at('c')}`, unless: sh`[ -e ${at('c')} ]` }),
    ]
    const steps = tasks.map(fused)
    const first = await frames(session, steps)
    expect(first.filter(({ words }) => words.at(-1) !== '0')).toEqual([])
    expect(first.map(({ words }) => words[0])).toEqual(tasks.flatMap(() => ['probe', 'apply', 'verify']))
    const second = await frames(session, steps)
    expect(second.map(({ words }) => words[0])).toEqual(tasks.map(() => 'probe'))
    expect(readFileSync(at('key'), 'utf8')).toBe(`key ${key.reveal()}\n`)
    expect(readFileSync(at('lines'), 'utf8')).toBe('last $(touch owned)\n')
    expect(readFileSync(at('blocks'), 'utf8')).toBe(
      `# BEGIN \`touch owned\`\n${key.reveal()}\n# END \`touch owned\`\n`,
    )
  })
})

function fused({ needs, probe, expect, apply }: Task, number: number): FusedStep {
  return { kind: 'fused', number, needs, probe, expected: canonical(expect), notify: [], apply }
}
