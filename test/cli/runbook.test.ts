import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SHELLS } from '../support/shells.ts'

// The runbook of the two-node cluster, rendered as a user does it, for hosts that nobody can reach.

const KEY = 'correct-horse-battery'
let folder: string
let markdown: string
const at = (name: string) => join(folder, name)

function playbook(...args: string[]) {
  return spawnSync('npx', ['zx', 'playbooks/two-node.mjs', '-i', at('two-node.yml'), ...args], {
    encoding: 'utf8',
  })
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-runbook-'))
  copyFileSync('playbooks/inventories/two-node.yml', at('two-node.yml'))
  writeFileSync(at('heartbeat.key'), `${KEY}\n`)
  expect(playbook('--runbook', at('two-node.md'))).toMatchObject({ status: 0 })
  markdown = readFileSync(at('two-node.md'), 'utf8')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The blocks that are run, in their order. */
const blocks = () =>
  [...markdown.matchAll(/^(`{3,})sh run\n([\s\S]*?)\n\1$/gm)].map(([, , block = '']) => block)

/** What stands between the words of the here-documents: the targets' shells read it. */
const steps = () =>
  blocks().flatMap((block) =>
    [...block.matchAll(/<<'(STEP_*)'.*\n([\s\S]*?)\n\1$/gm)].map(([, , step = '']) => step),
  )

test.each(SHELLS)('$name understands every block and every step', ({ command }) => {
  const input = [...blocks(), ...steps().map((step) => `(\n${step}\n)`)].join('\n')
  const ran = spawnSync('sh', ['-c', `exec ${command} -n`], { input, encoding: 'utf8' })
  expect(ran).toMatchObject({ status: 0, stderr: '' })
})

test('the steps have the numbers and the names of --list-tasks', () => {
  const listed = [...playbook('--list-tasks').stdout.matchAll(/^ {4}(\d+) {2}(.*)$/gm)].map(
    ([, ...words]) => words,
  )
  const headings = [...markdown.matchAll(/^### (\d.*?)\. (.*)$/gm)].flatMap(([, numbers = '', name = '']) =>
    [...numbers.matchAll(/\b\d+(?= on |$)/g)].map(([number]) => [number, name.replaceAll('\\', '')]),
  )
  expect(listed.length).toBeGreaterThan(70)
  expect(new Set(listed.map((words) => words.join(' ')))).toEqual(
    new Set(headings.map((words) => words.join(' '))),
  )
})

describe('what could destroy data', () => {
  test('stands in a block that asks both nodes, and tests once more', () => {
    const dangerous = blocks().filter((block) =>
      /create-md|primary|mkfs -t|'\/etc\/ha.d\/authkeys'/.test(block),
    )
    const changing = dangerous.filter((block) =>
      /^change\(\) \{[\s\S]*?(create-md|drbdadm primary|mkfs -t)/m.test(block),
    )
    expect(changing).toHaveLength(4)
    for (const block of changing)
      expect(block).toMatch(/^on .*asking node1 node2 <<'STEP'\n[\s\S]*^agree\(\)[\s\S]*^safe\(\)/m)
  })

  test('is described in words', () => {
    expect(markdown).toContain('**Careful: this endangers both copies of DRBD resource r0.**')
    expect(markdown).toContain('- each of them: its metadata are new: this copy never held data')
    expect(markdown).toContain('- the other hosts: its copy holds no data: no metadata, or new ones')
  })
})

test('conditions, handlers and the way to the hosts are there, and the key is not', () => {
  expect(markdown).toContain('It is skipped where heartbeat is in charge of the storage: `when` finds out.')
  expect(markdown).toContain('### Handler: DRBD takes its new configuration')
  expect(markdown).toContain(
    "    node1) ssh -l admin $shared -- 192.0.2.11 'exec sudo -n -H -u root -- sh' ;;",
  )
  expect(markdown).toContain('IFS= read -r secret_heartbeat_key')
  expect(markdown).not.toContain(KEY)
})

test('a runbook that cannot be written is told, and one that is not Markdown', () => {
  expect(playbook('--runbook', at('none/two-node.md'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('cannot write the runbook'),
  })
  expect(playbook('--runbook', at('two-node.txt'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('does not end in .md'),
  })
})
