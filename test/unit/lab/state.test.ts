import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { daemonPid } from '../../../lab/host/daemon.ts'
import { cacheRoot } from '../../../lab/instance/paths.ts'
import { changeState, readState, type State, writeState } from '../../../lab/instance/state.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const state: State = {
  topology: 'pair',
  image: 'abc',
  accel: 'tcg',
  ports: { a: 1 },
  cuts: {},
  snapshots: {},
}

test('a lab that was not created has no state', () => {
  expect(readState(join(folder, 'state.json'))).toBeUndefined()
})

test('a change starts from what is written now', () => {
  const file = join(folder, 'state.json')
  writeState(file, state)
  changeState(file, (now) => ({ ...now, cuts: { a: ['public'] } }))
  changeState(file, (now) => ({ ...now, snapshots: { one: now.cuts } }))
  expect(readState(file)).toEqual({
    ...state,
    cuts: { a: ['public'] },
    snapshots: { one: { a: ['public'] } },
  })
})

test.each(['', '{', '{"topology":1}'])('a state that is %j is refused', (text) => {
  const file = join(folder, 'state.json')
  writeFileSync(file, text)
  expect(() => readState(file)).toThrow(/is not the state of a lab/)
})

test.each([
  ['of a process that ended', '4194304999'],
  ['of another program, which got its number', String(process.pid)],
  ['of nothing', ''],
])('a pid file %s names no daemon', (_, content) => {
  const file = join(folder, 'x.pid')
  writeFileSync(file, content)
  expect(daemonPid(file)).toBeUndefined()
})

test('a pid file that comes and goes while it is looked for names no daemon', async () => {
  const file = join(folder, 'x.pid')
  const ending = spawn('sh', ['-c', 'while :; do echo 1 >"$0"; rm "$0"; done', file])
  const end = Date.now() + 1000
  try {
    while (Date.now() < end) expect(daemonPid(file)).toBeUndefined()
  } finally {
    ending.kill('SIGKILL')
    await once(ending, 'exit')
  }
})

test.each([
  [{ XDG_CACHE_HOME: '/cache', HOME: '/home/me' }, '/cache/runsheet'],
  [{ XDG_CACHE_HOME: '', HOME: '/home/me' }, '/home/me/.cache/runsheet'],
])('with %j everything is under %s', (env, expected) => {
  expect(cacheRoot(env)).toBe(expected)
})
