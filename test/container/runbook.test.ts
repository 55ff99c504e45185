import { spawn } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { converge, type RunEvent } from '../../lib/apply/index.ts'
import { loadInventory } from '../../lib/inventory/index.ts'
import { definePlaybook, type Host, makePlan, type Play, play } from '../../lib/plan/index.ts'
import { block, type Guard, handler, type Task } from '../../lib/resource/index.ts'
import { blockInFile, command, directory, file, lineInFile, symlink } from '../../lib/resources/index.ts'
import { renderRunbook } from '../../lib/runbook/index.ts'
import { Secret } from '../../lib/secret.ts'
import { raw, sh } from '../../lib/shell/sh.ts'
import { text } from '../../lib/shell/text.ts'
import { openSession, transportFor } from '../../lib/transport/index.ts'
import { HOSTILE } from '../contract/host.ts'
import { ownState } from '../support/own-state.ts'
import { openFolder } from '../support/shells.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// A runbook is run by zx through ssh(1), as a person would paste it, and compared with the playbook's own run.

/** One server a host, each with a state of its own. */
let sshds: Record<'a' | 'b', Sshd>
let folder: string
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = openFolder()
  ownState(folder)
  sshds = { a: await start('a'), b: await start('b') }
})
afterAll(() => Promise.all(Object.values(sshds).map((sshd) => sshd.stop())))
beforeEach(() => {
  for (const name of ['root', 'state']) rmSync(at(name), { recursive: true, force: true })
  mkdirSync(at('root'))
})

const start = (name: string) =>
  startSshd([`SetEnv PATH=${at('bin')}:/usr/bin:/bin XDG_STATE_HOME=${at('state')}/${name}`])

type Vars = { where: string }

const secret = new Secret('api key', `pa$$'w"\`ord\\ü${process.pid}`)
const PLANTED = secret.reveal()

/** What a terminal, Markdown, zx and a shell each would take for something else. */
const CONTENTS = [
  ...HOSTILE,
  'a\tb\r\nc\u2028process.exit(1)\u200b\u00a0d',
  '```\n````\n~~~',
  `\${x} \`y\` \\n $(z)`,
  'STEP\nEND\n</details>',
]

const home = ({ name, vars }: Host<Vars>) => `${vars.where}/${name}`

function everything(host: Host<Vars>): Task[] {
  const count = handler('count', sh`echo one >>${`${home(host)}/count`}`)
  return [
    directory({ path: `${home(host)}/d`, mode: '0750' }),
    ...CONTENTS.map((content, index) =>
      file(
        { path: `${home(host)}/d/${content.includes('/') ? index : `n ${content}`}`, content, mode: '0640' },
        { notify: count },
      ),
    ),
    file({ path: `${home(host)}/key`, content: text`key ${secret}\n` }),
    file({ path: `${home(host)}/bare key`, content: secret }),
    blockInFile({ path: `${home(host)}/blocks`, block: secret, marker: '# {mark} `x`' }),
    lineInFile({ path: `${home(host)}/lines`, line: `line $(touch owned)` }),
    symlink({ path: `${home(host)}/l`, target: HOSTILE.join(' ') }),
    command({
      name: "it's done",
      run: sh`echo done >${`${home(host)}/done`}`,
      unless: sh`[ -e ${`${home(host)}/done`} ]`,
    }),
    file(
      { path: `${home(host)}/skipped`, content: 'x' },
      { when: { otherwise: 'it is *not* here', test: raw('exit 1') } },
    ),
  ]
}

const plays = (hosts: readonly Host<Vars>[]): Play<Vars>[] => [
  play('both alike', hosts, ({ vars }) => [
    directory({ path: `${vars.where}/shared` }),
    file({ path: `${vars.where}/shared/f`, content: 'same\n' }),
  ]),
  play('each its own', hosts, (host) => [directory({ path: home(host) }), ...everything(host)]),
]

/** The same with less to wait for. */
const few = (hosts: readonly Host<Vars>[]): Play<Vars>[] => [
  play('few', hosts, (host) => [
    directory({ path: home(host) }),
    file({ path: `${home(host)}/key`, content: text`key ${secret}\n` }),
    symlink({ path: `${home(host)}/l`, target: HOSTILE.join(' ') }),
  ]),
]

function planOf(
  where: string,
  how: (hosts: readonly Host<Vars>[]) => Play<Vars>[] = plays,
  ports: Record<string, object> = {},
) {
  const hosts = Object.fromEntries(
    Object.entries(sshds).map(([name, sshd]) => {
      const { user, port, privateKeyFile, knownHostsFiles } = sshd.connection()
      const reach = {
        ansible_host: '127.0.0.1',
        ansible_port: port,
        ansible_user: user,
        ansible_ssh_private_key_file: privateKeyFile,
        ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHostsFiles?.[0]}`,
      }
      return [name, { ...reach, ...ports[name] }]
    }),
  )
  writeFileSync(at('i.yml'), JSON.stringify({ all: { vars: { where }, hosts } }))
  const inventory = loadInventory(at('i.yml'), [])
  const playbook = definePlaybook({
    name: 'every *thing*',
    description: 'Shows that\n  nothing is lost.',
    hosts: 'all',
    vars: z.strictObject({ where: z.string() }),
    plays: how,
    facts: () => ({ who: raw('echo it is "$LC_ALL"me') }),
  })
  return { inventory, plan: makePlan(playbook, inventory, {}, []) }
}

function writeRunbook(...args: Parameters<typeof planOf>): string {
  const { plan, inventory } = planOf(...args)
  const markdown = renderRunbook(plan, inventory)
  writeFileSync(at('runbook.md'), markdown)
  return markdown
}

/** Runs the runbook that was written last; the log of sshd has to be read meanwhile. */
function zx(env: Record<string, string> = {}) {
  const program = join(import.meta.dirname, '../../node_modules/.bin/zx')
  const child = spawn(program, [at('runbook.md')], {
    env: { ...process.env, secret_api_key: PLANTED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, ...said })),
  )
}

async function runPlaybook(where: string, check = false) {
  const { plan, inventory } = planOf(where)
  const connect = (host: string) => {
    const found = inventory.hosts.find(({ name }) => name === host)
    if (!found) throw new Error(host)
    return openSession(transportFor(found.connection), { host })
  }
  const events: RunEvent[] = []
  const exitCode = await converge(plan, connect, { check, diff: false, forks: 5 }, (event) =>
    events.push(event),
  )
  const recap = events.at(-1)
  return { exitCode, changed: recap?.event === 'recap' ? recap.changed : undefined }
}

/** Everything below a folder: type, permissions, content. */
function snapshot(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(root, name)
      const { mode, uid, gid } = lstatSync(path)
      const link = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined
      const content = link ?? (lstatSync(path).isFile() ? readFileSync(path, 'utf8') : '')
      return [name, `${mode.toString(8)} ${uid} ${gid} ${content}`]
    }),
  )
}

test('the runbook and the playbook end in the same state, and the playbook finds nothing to change', async () => {
  mkdirSync(at('root/playbook'))
  mkdirSync(at('root/runbook'))
  expect(await runPlaybook(at('root/playbook'))).toMatchObject({ exitCode: 0 })
  writeRunbook(at('root/runbook'))
  const ran = await zx()
  expect(ran.status).toBe(0)
  expect(ran.stdout).not.toMatch(/[A-Z]{4} /)
  expect(snapshot(at('root/runbook'))).toEqual(snapshot(at('root/playbook')))
  expect(await runPlaybook(at('root/runbook'), true)).toEqual({ exitCode: 0, changed: 0 })
  expect(readFileSync(at('root/runbook/a/count'), 'utf8')).toBe('one\n')

  const again = await zx()
  expect(again.status).toBe(0)
  expect(again.stdout).not.toMatch(/differs|changed/)
  expect(again.stdout).toContain('a: skipped: it is *not* here')
})

test('with only=look it tells each drift, and mends none', async () => {
  writeRunbook(at('root'), few)
  expect((await zx()).status).toBe(0)
  writeFileSync(at('root/b/key'), 'drifted')
  rmSync(at('root/a/l'))
  const before = snapshot(at('root'))
  const { status, stdout } = await zx({ only: 'look' })
  expect(status).toBe(0)
  expect(stdout.match(/^.*: differs$/gm)).toEqual(['b: differs', 'a: differs'])
  expect(stdout).toMatch(/a: differs\n {2}is {6}kind absent\n {2}wanted {2}kind symlink/)
  expect(snapshot(at('root'))).toEqual(before)
})

test('it reads well: one block for equal hosts, the numbers of the tasks, and no secret', () => {
  const markdown = writeRunbook(at('root'))
  expect(writeRunbook(at('root'))).toBe(markdown)
  expect(markdown).toContain('# every \\*thing\\*\n\nShows that nothing is lost.\n')
  expect(markdown).toContain('- [Part 2: each its own](#part-2-each-its-own)')
  expect(markdown).toContain(`### 2. file ${at('root/shared/f')}\n\nOn **a** and **b**.\n`)
  expect(markdown).toContain(`### 3. directory ${at('root/a')}\n\nOn **a**.\n`)
  expect(markdown).toContain('It is skipped where it is \\*not\\* here')
  for (const spelling of [PLANTED, PLANTED.replaceAll("'", `'\\''`), JSON.stringify(PLANTED).slice(1, -1)])
    expect(markdown).not.toContain(spelling)
})

test('it stops at the first step that fails', async () => {
  writeRunbook(at('root'), (hosts) => [
    play('p', hosts, ({ vars }) => [
      command({ name: 'fails', run: raw('echo why >&2; exit 9'), unless: raw('false') }),
      file({ path: `${vars.where}/never` }),
    ]),
  ])
  expect(await zx()).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('why\n'),
    stdout: expect.stringContaining('a: THE CHANGE FAILED'),
  })
  expect(existsSync(at('root/never'))).toBe(false)
})

test('what a block does after a failure is said, and left to the person', () => {
  const markdown = writeRunbook(at('root'), (hosts) => [
    play(
      'p',
      hosts,
      ({ vars }) =>
        block('release', {
          tasks: [command({ name: 'try', run: raw('exit 1'), unless: raw('false') })],
          rescue: [file({ path: `${vars.where}/mended` })],
        }),
      { serial: 1 },
    ),
  ])
  expect(markdown).toContain('### 1. command try (a)')
  expect(markdown).toContain(
    '**Only after a step of “release” has failed:** this is its rescue.\n\n```sh rescue\non b',
  )
})

describe('a guarded step', () => {
  const guarded = (state: string) => (hosts: readonly Host<Vars>[]) => {
    const guard: Guard = {
      protects: 'the data',
      hosts: ['a', 'b'],
      ask: { state: sh`cat ${at('root/state')}.$(uname -s)` },
      refuse: () => [],
      recheck: raw('true'),
      demands: [
        { that: 'all is empty', of: 'all', asks: ['state'], holds: sh`[ "$said_state" = ${state} ]` },
      ],
    }
    return [play('p', hosts.slice(0, 1), ({ vars }) => [file({ path: `${vars.where}/made` }, { guard })])]
  }
  beforeEach(() => writeFileSync(at('root/state.Linux'), 'empty\n'))

  test('is done where every host agrees', async () => {
    expect(writeRunbook(at('root'), guarded('empty'))).toContain('- each of them: all is empty')
    expect((await zx()).status).toBe(0)
    expect(existsSync(at('root/made'))).toBe(true)
  })

  test('is refused where one does not', async () => {
    writeRunbook(at('root'), guarded('other'))
    expect(await zx()).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('a: NOT SO: all is empty\n'),
    })
    expect(existsSync(at('root/made'))).toBe(false)
  })

  test('is refused where one cannot be reached', async () => {
    writeRunbook(at('root'), guarded('empty'), { b: { ansible_port: 1 } })
    expect(await zx()).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('REFUSED: b does not agree'),
    })
    expect(existsSync(at('root/made'))).toBe(false)
  })
})

test('no runbook is written that would show a secret', () => {
  const leak = (hosts: readonly Host<Vars>[]) => [
    play('p', hosts, ({ vars }) => [file({ path: `${vars.where}/f`, content: `key ${PLANTED}` })]),
  ]
  expect(() => writeRunbook(at('root'), leak)).toThrow(/the value of a secret would stand in the runbook/)
})

test('no runbook is written in which one variable would stand for two secrets', () => {
  const other = new Secret('api-key', 'another value')
  const both = (hosts: readonly Host<Vars>[]) => [
    play('p', hosts, ({ vars }) => [
      file({ path: `${vars.where}/f`, content: secret }),
      file({ path: `${vars.where}/g`, content: other }),
    ]),
  ]
  expect(() => writeRunbook(at('root'), both)).toThrow(
    "'api key' and 'api-key' differ, but share secret_api_key",
  )
})
