import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stopScript } from '../../playbooks/parts/heartbeat-stop.mjs'
import { fencedNodes } from '../unit/playbooks/fixture.ts'

// How systemd stops heartbeat, with processes that behave as its own do: its main process keeps an order to end for
// later until it has heard its peer, and ends when the others have ended.

const WAITS = `trap 'echo noted' TERM
  sleep 60 & sleep 60 &
  until wait; do :; done
  echo ended`
const WORKS = `trap 'sleep 3 && echo "let go"; kill $!; exit' TERM
  sleep 60 &
  until wait; do :; done
  echo torn down`
// It sleeps, hears no order, and goes on as another process.
const STARTS_ITSELF_ANEW = `trap : TERM
  sleep 2
  "$0" -c "$NEXT" &
  echo $! >"$FILE"`

let folder = ''
let programs: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-stop-'))
  // By this name a process is known as heartbeat.
  mkdirSync(join(folder, 'bin'))
  symlinkSync('/bin/sh', program())
  command('ip', '')
  command('ResourceManager', `[ "$1" != allkeys ] || echo Filesystem\necho "$*" >>${folder}/calls`)
})
afterEach(() => {
  programs?.close()
  programs = undefined
  rmSync(folder, { recursive: true, force: true })
})

const program = () => join(folder, 'bin', 'heartbeat')
const command = (name: string, body: string) =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })

/** Programs can speak to heartbeat, as soon as it has heard its peer. */
async function listen(): Promise<void> {
  mkdirSync(join(folder, 'heartbeat'))
  programs = createServer()
  const up = new Promise((resolve) => programs?.once('listening', resolve))
  programs.listen(join(folder, 'heartbeat', 'register'))
  await up
}

function start(shell: string, script: string, environment = {}) {
  const child = spawn(shell, ['-c', script], { env: { ...process.env, ...environment } })
  let said = ''
  child.stdout.on('data', (text: Buffer) => {
    said += text
  })
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }))
  })
  return { pid: child.pid, kill: () => child.kill('SIGKILL'), ended }
}

/** What its main process said, after systemd's order. */
async function stopped(heartbeat: string, known = true, environment = {}): Promise<string> {
  const main = start(program(), heartbeat, environment)
  // It has to have set its trap.
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect((await stop(main.pid, known)).code).toBe(0)
  return (await main.ended).said
}

const numberFile = () => join(folder, 'heartbeat.pid')

/** @param known systemd knows the number, too */
function stop(pid: number | undefined, known: boolean) {
  const [{ vars }] = fencedNodes()
  if (!existsSync(numberFile())) writeFileSync(numberFile(), `${pid}`.padStart(11).concat('\n'))
  const script = stopScript(vars)
    .reveal()
    .replaceAll('/usr/share/heartbeat/', `${folder}/`)
    .replaceAll('/run/heartbeat.pid', numberFile())
  const environment = { MAINPID: known ? `${pid}` : '', PATH: `${folder}:${process.env.PATH}` }
  return start('sh', script, environment).ended
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8')

it('ends one that waits for its peer, which has nothing', async () => {
  expect(await stopped(WAITS)).toBe('noted\nended\n')
  expect(calls).toThrow()
})

it('lets go what one has that has read its configuration anew and waits', async () => {
  command('ip', 'echo "2: eth1 inet 192.168.56.10/24"')
  expect(await stopped(WAITS)).toBe('noted\nended\n')
  expect(calls()).toBe('allkeys\ngivegroup Filesystem\n')
})

it('gives one that works its time, and disturbs none of its processes', async () => {
  await listen()
  expect(await stopped(WORKS)).toBe('let go\n')
  expect(calls).toThrow()
})

it('ends the process by which it has started itself anew, of which systemd knows nothing', async () => {
  expect(await stopped(WAITS, false)).toBe('noted\nended\n')
})

it.each([
  ['what it has written names', undefined],
  ['systemd alone knows', ''],
])('ends the process, too, by which one starts itself anew that %s', async (_, written) => {
  if (written !== undefined) writeFileSync(numberFile(), written)
  const environment = { NEXT: WAITS, FILE: numberFile() }
  expect(await stopped(STARTS_ITSELF_ANEW, true, environment)).toBe('noted\nended\n')
})

it('does nothing where it has ended by itself, whatever it has left and whoever has its number now', async () => {
  command('ip', 'echo "2: eth1 inet 192.168.56.10/24"')
  const other = start('sh', 'exec sleep 60')
  expect((await stop(other.pid, false)).code).toBe(0)
  expect(readFileSync(`/proc/${other.pid}/comm`, 'utf8')).toBe('sleep\n')
  other.kill()
  expect(calls).toThrow()
})
