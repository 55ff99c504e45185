import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { listWithAnsible, listWithRunsheet, writeFiles } from './ansible.ts'
import { CASES } from './cases.ts'

const root = mkdtempSync(join(tmpdir(), 'runsheet-ansible-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

it.each(Object.entries(CASES))('%s: the hosts, variables and groups of ansible-inventory', (_name, one) => {
  const folder = mkdtempSync(join(root, 'case-'))
  writeFiles(folder, one.files)
  const theirs = listWithAnsible(folder, one.sources, one.extra ?? [])
  const { problems, ...ours } = listWithRunsheet(folder, one.sources, one.extra ?? [])
  expect(problems).toEqual([])
  expect(Object.keys(theirs.hosts).length).toBeGreaterThan(0)
  expect(ours.hosts).toEqual(theirs.hosts)
  for (const [name, members] of Object.entries(ours.groups))
    expect([name, members]).toEqual([name, theirs.groups[name] ?? []])
  expect(Object.keys(theirs.groups).filter((name) => !ours.groups[name])).toEqual([])
})
