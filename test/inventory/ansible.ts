import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Problem } from '../../lib/errors.ts'
import { loadInventory, readExtraVars } from '../../lib/inventory/index.ts'

/** What an inventory comes to: the variables of every host, and every group with all its hosts. */
export interface Listing {
  hosts: Record<string, unknown>
  groups: Record<string, string[]>
}

/** Writes files into a folder; what begins with `#!` can be executed. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    if (content.startsWith('#!')) chmodSync(path, 0o755)
  }
}

/** What Debian's own `ansible-inventory --list` says. */
export function listWithAnsible(
  folder: string,
  sources: readonly string[],
  extra: readonly string[],
): Listing {
  const args = [
    ...sources.flatMap((source) => ['-i', source]),
    ...extra.flatMap((vars) => ['-e', vars]),
    '--list',
  ]
  writeFileSync(join(folder, 'ansible.cfg'), '')
  const { status, stdout, stderr } = spawnSync('ansible-inventory', args, {
    cwd: folder,
    encoding: 'utf8',
    // Neither the settings of this machine nor those of its user.
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      LC_ALL: 'C.UTF-8',
      ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
    },
  })
  if (status !== 0) throw new Error(`ansible-inventory ended with ${status}\n${stderr}`)
  const { _meta: meta, ...groups } = JSON.parse(stdout) as Record<string, AnsibleGroup> & {
    _meta: { hostvars: Record<string, unknown> }
  }
  const names = Object.keys(groups).concat(Object.values(groups).flatMap(({ children = [] }) => children))
  const members = Object.fromEntries(names.map((name) => [name, [...hostsOf(groups, name)].sort()]))
  const hosts = Object.fromEntries((members.all ?? []).map((name) => [name, meta.hostvars[name] ?? {}]))
  return { hosts, groups: members }
}

interface AnsibleGroup {
  hosts?: string[]
  children?: string[]
}

function hostsOf(groups: Readonly<Record<string, AnsibleGroup>>, name: string): Set<string> {
  const { hosts = [], children = [] } = groups[name] ?? {}
  return new Set([...hosts, ...children.flatMap((child) => [...hostsOf(groups, child)])])
}

/** The same from runsheet. Problems are told beside it: Ansible accepts more than is good for a run. */
export function listWithRunsheet(
  folder: string,
  sources: readonly string[],
  extra: readonly string[],
): Listing & { problems: Problem[] } {
  const problems: Problem[] = []
  const before = process.cwd()
  process.chdir(folder)
  try {
    const inventory = loadInventory(sources, problems, readExtraVars(extra, problems))
    const hosts = inventory.hosts.map(({ name, variables }) => {
      const values = [...variables].map(([variable, { value }]) => [variable, value])
      return [name, JSON.parse(JSON.stringify(Object.fromEntries(values)))]
    })
    const groups = [...inventory.groups].map(([name, members]) => [name, [...members].sort()])
    return { hosts: Object.fromEntries(hosts), groups: Object.fromEntries(groups), problems }
  } finally {
    process.chdir(before)
  }
}
