import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownState } from '../support/own-state.ts'

// Inside the project, so that the playbook finds the engine by the package's own name.
let folder: string
beforeEach(() => {
  folder = resolve(mkdtempSync('test/cli/reader-'))
  writeFileSync(
    join(folder, 'hosts.yml'),
    'all: { hosts: { here: { ansible_connection: local, ansible_become: false } } }\n',
  )
  writeFileSync(join(folder, 'two.mjs'), PLAYBOOK)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PLAYBOOK = `\
import { definePlaybook, play, run, z } from 'runsheet'
import { file } from 'runsheet/resources'
await run(definePlaybook({
  name: 'two',
  description: 'Two files, one after the other.',
  hosts: 'all',
  vars: z.strictObject({ folder: z.string() }),
  plays: (hosts) => ['one', 'two'].map((name) =>
    play(name, hosts, ({ vars }) => [file({ path: vars.folder + '/' + name, content: name })])),
}))
`

/** A shell runs the playbook with its output in a pipe, or where it says, and prints its exit code on stderr. */
function pipe(args: string, into: string) {
  const command = `{ node two.mjs -i hosts.yml -e "folder=$PWD" ${args}; echo "code $?" >&2; } ${into}`
  return spawnSync('sh', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...ownState(folder) },
  })
}

test.each(['--list-tasks', '--check', '--help'])('a reader that has gone ends %s quietly', (mode) => {
  expect(pipe(mode, '| true').stderr).toBe('code 0\n')
})

test('a run that changes hosts goes on when its reader has gone', () => {
  expect(pipe('', '| true').stderr).toBe('code 0\n')
  expect(readFileSync(join(folder, 'two'), 'utf8')).toBe('two')
})

test('a full disk below the output is told once, and the run goes on', () => {
  const { stderr } = pipe('', '>/dev/full')
  expect(stderr).toMatch(/^what is printed gets lost: ENOSPC.*\ncode 0\n$/)
  expect(readFileSync(join(folder, 'two'), 'utf8')).toBe('two')
})
