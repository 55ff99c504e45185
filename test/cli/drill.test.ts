import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { loadTopology } from '../../lab/topology/load.ts'

// Drills on machines that are not the lab: what is refused before anything is broken.

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-drill-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

interface Tree {
  all: {
    vars?: object
    children: Record<string, { hosts: Record<string, object>; vars?: { database?: object } }>
  }
}

/** The pair of the lab as an inventory whose machines nobody can reach: nothing listens at port 1. */
function inventory(change: (tree: Tree) => void = () => {}): string {
  const tree = structuredClone(loadTopology('two-node').values) as unknown as Tree
  const unreachable = {
    ansible_host: '127.0.0.1',
    ansible_port: 1,
    ansible_user: 'nobody',
    ansible_become: true,
  }
  tree.all.vars = unreachable
  tree.all.children.witness = { hosts: { witness: {} } }
  const account = {
    user: 'ledger',
    password: { file: 'ledger.password' },
    database: 'ledger',
    from: ['192.0.2.9'],
  }
  const { vars } = tree.all.children.cluster ?? {}
  if (vars) vars.database = { mode: 'shared-disk', accounts: [account] }
  change(tree)
  const text = stringify(tree).replaceAll(/file: \S+\.(key|password)/g, 'env: DRILL_SECRET')
  // The tags are gone from plain values.
  writeFileSync(
    join(folder, 'hosts.yml'),
    text.replaceAll(/(\w+):\n(\s+)env: DRILL_SECRET/g, '$1: !secret { env: DRILL_SECRET }'),
  )
  expect(parse(readFileSync(join(folder, 'hosts.yml'), 'utf8'), { logLevel: 'silent' })).toHaveProperty('all')
  return join(folder, 'hosts.yml')
}

function drill(...words: string[]) {
  const { status, stdout, stderr } = spawnSync('npx', ['zx', 'playbooks/drill.mjs', ...words], {
    encoding: 'utf8',
    input: '',
    env: { ...process.env, DRILL_SECRET: 'correct-horse-battery' },
  })
  return { status, stdout, stderr: stderr.replaceAll(/^npm .*\n/gm, '') }
}

describe('drills on machines that are not the lab', () => {
  it('are listed without contact, and none of them needs a hypervisor', () => {
    const { status, stdout } = drill('-i', inventory(), '--list')
    expect(status).toBe(0)
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/)[0])
    expect(names).toContain('kill-database')
    expect(names).not.toContain('power-cut')
    expect(stdout).not.toContain('hypervisor')
  })

  it.each<[string, string[], (tree: Tree) => void, RegExp]>([
    ['a check is wanted', ['--drill', 'graceful', '--check'], () => {}, /a drill does not know --check/],
    ['no drill is named', [], () => {}, /no drill is named\n {2}next: name some with --drill NAME/],
    ['a drill needs a hypervisor', ['--drill', 'power-cut'], () => {}, /there is no drill power-cut here/],
    [
      'nobody outside can write the ledger',
      ['--drill', 'graceful'],
      (tree) => {
        delete tree.all.children.witness
      },
      /add a group witness/,
    ],
    [
      'the witness would fail with the cluster',
      ['--drill', 'graceful'],
      (tree) => {
        tree.all.children.witness = { hosts: { node2: {} } }
      },
      /the witness node2 is a node of a cluster/,
    ],
    [
      'something is said that no drill asks for',
      ['--drill', 'graceful', '-e', 'deadtime=5'],
      () => {},
      /a drill does not know -e deadtime=5\n {2}next: .*-e word=CLUSTER/,
    ],
    [
      'no playbook has the name that is given',
      ['--drill', 'graceful', '--playbook', 'to-node'],
      () => {},
      /there is no playbook to-node\n {2}next: name the one that makes the cluster/,
    ],
    [
      'its report could not be written',
      ['--drill', 'graceful', '--report', '/nowhere/at/all.html'],
      () => {},
      /the report \/nowhere\/at\/all.html cannot be written: .*ENOENT/,
    ],
    [
      'the machines cannot be reached',
      ['--drill', 'graceful', '-e', 'word=cluster'],
      () => {},
      /haresources of cluster cannot be read/,
    ],
  ])('are refused where %s', (_, words, change, reason) => {
    const { status, stdout, stderr } = drill('-i', inventory(change), ...words)
    expect(stderr).toMatch(reason)
    expect(stderr).not.toMatch(/\n {4}at /)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })
})

it.each(['0', '-1', '1.5', 'x'])('a random walk of %s drills is refused: none would be passed', (count) => {
  const words = ['dist/lab/drills/cli.js', '--list', `--random=${count}`]
  const { status, stderr } = spawnSync('node', words, { encoding: 'utf8' })
  expect(stderr).toMatch(/a whole number, at least 1/)
  expect(status).toBe(1)
})
