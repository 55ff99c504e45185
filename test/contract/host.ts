import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect } from 'vitest'
import type { Task } from '../../lib/resource/contract.ts'
import { canonical } from '../../lib/resource/state.ts'
import { quote } from '../../lib/shell/quote.ts'
import type { Shell } from '../../lib/shell/sh.ts'
import { demand } from '../support/shells.ts'

/** Every target's shell, and the tools that come with it; busybox brings its own. */
export const SHELLS = [
  { name: 'dash', argv: [demand('dash', 'dash')], tools: undefined },
  { name: 'bash as sh', argv: [demand('bash', 'bash'), '--posix'], tools: undefined },
  { name: 'busybox', argv: [demand('busybox', 'busybox'), 'sh'], tools: demand('busybox', 'busybox') },
  { name: 'mksh', argv: [demand('mksh', 'mksh')], tools: undefined },
] as const

export type TestShell = (typeof SHELLS)[number]

/** What no quoting may lose, and no shell may run. */
export const HOSTILE = [
  `it's "two" $(touch owned) \`touch owned\` back\\slash\\n\\0 %s a;b|c&d>e<f !! $$ \${HOME} *?[a-z]\t`,
  'new\nline',
  'ünï → 字',
  '-rf',
  '~root',
  '#no comment',
  'END',
]

/** Those whose place in a word does not matter: absolute paths begin all alike. */
export const HOSTILE_NAMES = HOSTILE.slice(0, 3)

/** A folder that plays a host: what a resource has in /etc, /proc and so on lies in it, and so do its tools. */
export interface Host {
  root: string
  at: (path: string) => string
  write: (path: string, content: string, mode?: number) => void
  read: (path: string) => string
  link: (path: string, target: string) => void
  /** A tool of this host, in front of those of the machine. It is a shell script that stands in `root`. */
  tool: (name: string, script: string) => void
  /** What the tools have noted, see `note` in their scripts. */
  notes: () => string[]
  run: (script: string) => Ran
  probe: (task: Task) => string
  apply: (task: Task) => Ran
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function makeFolder(what: string): string {
  const folder = mkdtempSync(join(tmpdir(), `runsheet-${what}-`))
  folders.push(folder)
  return folder
}

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export function makeHost(shell: TestShell): Host {
  const root = makeFolder('host')
  const scripts = makeFolder('script')
  const at = (path: string) => join(root, path)
  const path = [
    at('bin'),
    ...(shell.tools ? [toolsOf(shell.tools)] : [`${process.env.PATH}:/usr/sbin:/sbin`]),
  ]
  const env = { PATH: path.join(':'), LC_ALL: 'C', HOME: root }
  mkdirSync(at('bin'))
  const host: Host = {
    root,
    at,
    write: (name, content, mode = 0o644) => {
      mkdirSync(dirname(at(name)), { recursive: true })
      writeFileSync(at(name), content)
      chmodSync(at(name), mode)
    },
    read: (name) => readFileSync(at(name), 'utf8'),
    link: (name, target) => symlinkSync(target, at(name)),
    tool: (name, script) =>
      host.write(`bin/${name}`, `#!/bin/sh\ncd ${root}\nnote() { echo "$*" >> notes; }\n${script}\n`, 0o755),
    notes: () => (readdirSync(root).includes('notes') ? host.read('notes').trim().split('\n') : []),
    run: (script) => {
      const [program = 'sh', ...args] = shell.argv
      // From a file, since one argument holds no more than 128 KiB.
      const text = join(scripts, 'script')
      writeFileSync(text, `umask 022\ncd ${root}\n${script}`)
      const done = spawnSync(program, [...args, text], { env, encoding: 'utf8', input: '' })
      return { code: done.status, stdout: done.stdout, stderr: done.stderr }
    },
    probe: (task) => {
      const ran = host.run(withSecrets(root, task.probe))
      expect(ran, 'a probe fails for no state').toMatchObject({ code: 0, stderr: '' })
      return ran.stdout.replace(/\n+$/, '')
    },
    apply: (task) => host.run(`set -e\n${withSecrets(root, task.apply)}`),
  }
  return host
}

/** The contract of a resource, in one state that is not as wanted: a probe changes nothing, and an apply goes all the way. */
export function converges(host: Host, task: Task): void {
  expect(task.problems).toEqual([])
  const before = snapshot(host.root)
  expect(host.probe(task)).not.toBe(canonical(task.expect))
  expect(snapshot(host.root), 'a probe changes nothing').toEqual(before)
  expect(host.apply(task)).toMatchObject({ code: 0, stderr: '' })
  staysAsItIs(host, task)
}

/** What is as wanted is told so, and a needless apply does no harm. */
export function staysAsItIs(host: Host, task: Task): void {
  expect(host.probe(task)).toBe(canonical(task.expect))
  const done = snapshot(host.root)
  expect(host.apply(task)).toMatchObject({ code: 0, stderr: '' })
  expect(snapshot(host.root), 'a second apply changes nothing').toEqual(done)
  expect(Object.keys(done).filter((name) => name.includes('.runsheet'))).toEqual([])
}

/** An apply that must not go on says why, and leaves everything as it was. */
export function refuses(host: Host, task: Task, reason: RegExp): void {
  expect(task.problems).toEqual([])
  expect(host.probe(task)).not.toBe(canonical(task.expect))
  const before = snapshot(host.root)
  const ran = host.apply(task)
  expect(ran.code).not.toBe(0)
  expect(ran.stderr).toMatch(reason)
  expect(snapshot(host.root), 'a refusal changes nothing').toEqual(before)
}

/** Every file below, with what tells it from others; not the tools, nor their notes. */
export function snapshot(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/^(bin|notes$)/.test(name),
  )
  return Object.fromEntries(names.sort().map((name) => [name, describe(join(root, name))]))
}

function describe(path: string): string {
  const { mode, uid, gid } = lstatSync(path)
  const kind = mode & 0o170000
  if (kind === 0o120000) return `link ${readlinkSync(path)}`
  const content = kind === 0o100000 ? readFileSync(path, 'latin1') : ''
  return `${mode.toString(8)} ${uid} ${gid} ${content}`
}

/** Moves the absolute paths of the text into the host's folder, and sets the secrets as the engine does. */
function withSecrets(root: string, { text, secrets }: Shell): string {
  const inside = text.replaceAll(/(?<![\w./-])\/(etc|proc|sys|run|lib|usr)\//g, `${root}/$1/`)
  return [...secrets.map((secret) => `${secret.variable}=${quote(secret.reveal())}`), inside].join('\n')
}

let busyboxTools: string | undefined

/** A PATH with busybox alone, so that no tool of GNU is used by mistake. */
function toolsOf(busybox: string): string {
  if (busyboxTools) return busyboxTools
  busyboxTools = makeFolder('busybox')
  const { stdout } = spawnSync(busybox, ['--list'], { encoding: 'utf8' })
  for (const tool of stdout.trim().split('\n')) symlinkSync(busybox, join(busyboxTools, tool))
  return busyboxTools
}
