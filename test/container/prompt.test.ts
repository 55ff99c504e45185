import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePerson, type Person } from '../support/people.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// A whole run on a real terminal: script(1) gives it one, and what a person types goes through it.

const INDEX = new URL('../../dist/lib/index.js', import.meta.url).pathname

let sshd: Sshd
let person: Person
let folder: string
beforeAll(async () => {
  sshd = await startSshd(['PasswordAuthentication yes', 'UsePAM yes', 'PubkeyAuthentication no'])
  person = makePerson()
  person.sudo('ALL')
  folder = mkdtempSync(join(tmpdir(), 'runsheet-prompt-'))
  const known = sshd.knownHosts(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}`)
  writeFileSync(
    join(folder, 'inventory.yml'),
    `all: { hosts: { web1: { ansible_host: 127.0.0.1, ansible_port: ${sshd.port}, ansible_user: ${person.name}, ` +
      `ansible_become: yes, ansible_ssh_common_args: -o UserKnownHostsFile=${known} } } }\n`,
  )
  writeFileSync(
    join(folder, 'book.mjs'),
    `import { definePlaybook, defineResource, play, raw, run, z } from '${INDEX}'
const user = defineResource({
  kind: 'user', id: () => 'me', probe: () => raw('id -un'), expect: () => ({ root: true }), apply: () => raw('true'),
})
await run(definePlaybook({
  name: 'prompt', description: '', hosts: 'all', vars: z.strictObject({}),
  plays: (hosts) => [play('p', hosts, () => [user({})])],
}))
`,
  )
})
afterAll(async () => {
  await sshd.stop()
  person.remove()
  rmSync(folder, { recursive: true })
})

/** Types an answer at each prompt, and gives all that was to be seen. */
function converse(
  flags: string,
  answers: Record<string, string>,
): Promise<{ shown: string; code: number | null }> {
  const command = `node ${folder}/book.mjs -i ${folder}/inventory.yml ${flags}`
  const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: 'pipe' })
  const open = new Map(Object.entries(answers))
  let shown = ''
  child.stdout.on('data', (chunk) => {
    shown += chunk
    for (const [question, answer] of open) {
      if (!shown.includes(`${question}: `)) continue
      open.delete(question)
      // As a person does it: after the question, with the echo off.
      setTimeout(() => child.stdin.write(`${answer}\n`), 200)
    }
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ shown, code })))
}

test('-k and -K ask without an echo, and the passwords open the account and sudo', async () => {
  const { shown, code } = await converse('-k -K --check', {
    'SSH password': person.password,
    'BECOME password (empty: the SSH password)': '',
  })
  expect(shown).toContain('SSH password: ')
  expect(shown).not.toContain(person.password)
  expect(shown).toContain('user me')
  expect([shown, code]).toEqual([shown, 0])
})

test('a wrong password is told', async () => {
  const { shown, code } = await converse('-k -K', {
    'SSH password': person.password,
    'BECOME password (empty: the SSH password)': 'hunter2',
  })
  expect(shown).toContain('E_BECOME')
  expect(shown).toContain('the password is wrong; it was tried once')
  expect(code).toBe(2)
})
