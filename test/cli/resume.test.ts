import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ownState } from '../support/own-state.ts'

// Whole processes, as a person starts them, on this machine.
const PLAYBOOK = `\
import { definePlaybook, defineResource, play, run, sh, z } from 'runsheet'

const word = defineResource({
  kind: 'word',
  id: ({ path }) => path,
  probe: ({ path }) => sh\`cat \${path} 2>/dev/null || :\`,
  expect: ({ word }) => ({ word }),
  apply: ({ path, word, began, seconds }) => sh\`touch \${began}; sleep \${seconds}; echo word \${word} > \${path}\`,
})

await run(definePlaybook({
  name: 'resumed', description: '', hosts: 'all',
  vars: z.strictObject({ folder: z.string(), word: z.string(), seconds: z.number() }),
  plays: (hosts) => [play('words', hosts, ({ vars: { folder, word: wanted, seconds } }) =>
    ['one', 'two'].map((name) => word({ path: folder + '/' + name, began: folder + '/began', word: wanted, seconds })))],
}))
`

/** The playbook must find the engine by the package's own name. */
let parent: string
let folder: string
beforeAll(() => {
  parent = resolve(mkdtempSync('test/cli/resume-'))
})
afterAll(() => rmSync(parent, { recursive: true, force: true }))
beforeEach(() => {
  folder = mkdtempSync(join(parent, 'run-'))
  writeFileSync(at('playbook.mjs'), PLAYBOOK)
  const vars = { folder, word: 'new', seconds: 0, ansible_connection: 'local' }
  writeFileSync(at('hosts.yml'), JSON.stringify({ all: { hosts: { here: {} }, vars } }))
})
const at = (name: string) => join(folder, name)

function start(...args: string[]) {
  const child = spawn(process.execPath, [at('playbook.mjs'), ...args], {
    env: { ...process.env, ...ownState(folder) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk
    })
  }
  const ended = new Promise<{ code: number | null; said: string }>((done) =>
    child.on('close', (code) => done({ code, said })),
  )
  return { child, ended, said: () => said }
}

/** Waits until the first task is in hand. */
async function begun({ child, said }: ReturnType<typeof start>): Promise<void> {
  while (!existsSync(at('began'))) {
    if (child.exitCode !== null) throw new Error(said())
    await new Promise((done) => setTimeout(done, 20))
  }
}

describe('--resume', () => {
  it('goes on with a killed run as it was asked for, and says what was in hand', async () => {
    const one = start('-i', at('hosts.yml'), '-l', 'here', '-e', '{ seconds: 1, word: other }')
    await begun(one)
    one.child.kill('SIGKILL')
    await one.ended
    expect(await start('--resume').ended).toMatchObject({
      code: 1,
      said: expect.stringContaining('had extra variables'),
    })
    const { code, said } = await start('--resume', '-e', 'word=other').ended
    expect(code).toBe(0)
    expect(said).toMatch(
      /going on with the run of \d{4}-.*\nunknown +here {2}word .*one \(when that run ended\)/,
    )
    expect(readFileSync(at('one'), 'utf8')).toBe('word other\n')
    expect(await start('--resume').ended).toMatchObject({
      code: 1,
      said: expect.stringContaining('ended well'),
    })
  })

  it('refuses where there is no run, and while it is still at work', async () => {
    expect(await start('--resume').ended).toMatchObject({
      code: 1,
      said: expect.stringContaining('no run of'),
    })
    const one = start('-i', at('hosts.yml'), '-e', '{ seconds: 2 }')
    await begun(one)
    const refused = await start('--resume', '-e', '{ seconds: 0 }').ended
    expect(refused).toMatchObject({
      code: 1,
      said: expect.stringMatching(/by \S+ process \d+ since .* is still at work/),
    })
    expect((await one.ended).code).toBe(0)
  })
})

describe('SIGINT', () => {
  it('once finishes the task in hand', async () => {
    const one = start('-i', at('hosts.yml'), '-e', '{ seconds: 1 }')
    await begun(one)
    one.child.kill('SIGINT')
    const { code, said } = await one.ended
    expect(code).toBe(2)
    expect(said).toContain('finishing the tasks in hand; once more ends at once')
    expect(said).toMatch(/^changed +here/m)
    expect(existsSync(at('two'))).toBe(false)
    expect(existsSync(at('state/runsheet/lock'))).toBe(false)
  })

  it('twice ends at once, and what was in hand is unknown', async () => {
    const one = start('-i', at('hosts.yml'), '-e', '{ seconds: 20 }')
    await begun(one)
    one.child.kill('SIGINT')
    while (!one.said().includes('once more')) await new Promise((done) => setTimeout(done, 20))
    one.child.kill('SIGTERM')
    expect(await one.ended).toMatchObject({
      code: 4,
      said: expect.stringMatching(/^unknown +here {2}word .*one/m),
    })
  })
})
