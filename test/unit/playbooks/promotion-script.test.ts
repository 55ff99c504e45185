import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { promotionScript } from '../../../playbooks/parts/database/replication.mjs'
import { sandbox } from './sandbox.ts'

// Moments that two real servers do not show at will; test/shell/replication.test.ts has the rest.

const LIFT = 'SET GLOBAL read_only = 0'
const LOWER = 'SET GLOBAL read_only = 1'

/**
 * A node whose server takes no writes and has all that its peer has.
 *
 * @param starting what happens while systemd starts the server
 * @param lifting what happens while the server is told to take writes
 * @param peer what the peer's database answers; nothing where it is silent
 * @param hurried whether waiting takes no time
 */
function node({ starting = '', lifting = '', peer = 'ON 0-1-8', hurried = false } = {}) {
  const box = sandbox({
    mariadb: `cd "\${0%/*}"
      case "$*" in
        *--defaults-file=*) [ -s peer ] && cat peer ;;
        *'${LIFT}'*)
          ${lifting}
          : >writable ;;
        *'${LOWER}'*) rm -f writable ;;
        *'SELECT @@global.read_only'*) [ -e up ] || exit 1; [ ! -e writable ] && echo 1 || echo 0 ;;
        *CONCAT_WS* | *gtid_current_pos*) [ ! -e mute ] && echo 0-1-8 ;;
      esac`,
    systemctl: `cd "\${0%/*}"
      case $1 in
        is-active) echo activating ;;
        start)
          [ ! -e broken ] || exit 1
          ${starting}
          : >up ;;
      esac`,
    logger: '',
    cl_status: '',
    ...(hurried && { sleep: '' }),
  })
  const script = promotionScript({ deadtime: 0, tools: '/usr/share/heartbeat' }).reveal()
  const path = join(box.folder, 'db-promote')
  writeFileSync(path, script.replaceAll('/var/lib/db-promote', box.folder))
  chmodSync(path, 0o755)
  const answers = (text: string) => writeFileSync(join(box.folder, 'peer'), text)
  answers(peer)
  return { ...box, answers, has: (name: string) => existsSync(join(box.folder, name)), path }
}

test('a copy that has all takes writes', () => {
  const { path, run, has } = node()
  expect(run(`${path} start`).exitCode).toBe(0)
  expect([has('writable'), has('promoted')]).toEqual([true, true])
})

test('a start that has waited for the server lifts nothing when it was told to stop meanwhile', () => {
  const { path, run, has } = node({ starting: './db-promote stop' })
  expect(run(`${path} start`)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('not promoted: it was told to stop meanwhile'),
  })
  expect([has('writable'), has('promoted')]).toEqual([false, false])
})

test('the next start is believed again', () => {
  const { path, run, has } = node()
  expect(run(`${path} stop`).exitCode).toBe(0)
  expect(run(`${path} start`).exitCode).toBe(0)
  expect(has('writable')).toBe(true)
})

test('a stop waits for the moment in which writes are allowed, and takes that back', async () => {
  const { path, run, has } = node({ lifting: './db-promote stop 9>&- >/dev/null 2>&1 & sleep 1' })
  expect(run(`${path} start`).exitCode).toBe(0)
  await vi.waitFor(() => expect([has('writable'), has('promoted')]).toEqual([false, false]), 20_000)
})

test('a copy that was found to differ is what others are compared with, once it is promoted', () => {
  const { folder, path, run, has } = node()
  writeFileSync(join(folder, 'different'), '0-1-7\n')
  expect(run(`${path} start`).exitCode).toBe(0)
  expect(has('different')).toBe(false)
})

test('of a server that stays down it is said once what a person can type, though the watcher tries again and again', () => {
  const { folder, path, run, calls } = node()
  const broken = join(folder, 'broken')
  const fail = () => {
    writeFileSync(broken, '')
    for (let tries = 3; tries > 0; tries -= 1) expect(run(`${path} start`).exitCode).toBe(1)
  }
  fail()
  expect(calls(/^logger -p daemon.crit .*not promoted: the server does not start/)).toHaveLength(3)
  const advice =
    /^logger -p daemon.crit -t db-promote .*db-promote vouch.*\/usr\/share\/heartbeat\/hb_takeover all/
  expect(calls(advice)).toHaveLength(1)
  rmSync(broken)
  expect(run(`${path} start`).exitCode).toBe(0)
  fail()
  expect(calls(advice)).toHaveLength(2)
})

describe('what only the peer has', () => {
  const MORE = 'ON 0-1-8,0-2-9'

  test('is in the way, until a person gives it up', () => {
    const { path, run, has } = node({ peer: MORE, hurried: true })
    expect(run(`${path} start`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /transactions that are not here: 0-2-1\.\.9\. .* run: .*db-promote vouch/,
      ),
    })
    expect(run(`${path} vouched`).exitCode).toBe(1)
    expect(run(`${path} vouch`)).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('0-2-1..9') })
    expect(run(`${path} vouched`).exitCode).toBe(0)
    expect(run(`${path} start`).exitCode).toBe(0)
    expect([has('writable'), has('vouched')]).toEqual([true, false])
  })

  test.each([
    ['the peer has written more since', MORE, 'ON 0-1-8,0-2-10', /not here: 0-2-1\.\.10/],
    ['the peer was silent then', '', MORE, /not here: 0-2-1\.\.9/],
    ['the peer is silent now', MORE, '', /the peer does not answer/],
    ['the peer takes writes by now', MORE, 'OFF 0-1-8,0-2-9', /the database of the peer takes writes/],
  ])('is not given up where %s', (_, before, now, reason) => {
    const { path, run, has, answers } = node({ peer: before, hurried: true })
    expect(run(`${path} vouch`).exitCode).toBe(0)
    answers(now)
    expect(run(`${path} start`)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(reason) })
    expect(has('writable')).toBe(false)
  })

  test('is nothing that anybody has to give up where all of it is here', () => {
    const { path, run } = node()
    expect(run(`${path} start`).exitCode).toBe(0)
    expect(run(`${path} vouched`).exitCode).toBe(0)
  })

  test('asks no word of one that takes writes where the peer is silent', () => {
    const { path, run, answers } = node()
    answers('')
    expect(run(`${path} vouched`).exitCode).toBe(1)
    answers('ON 0-1-8')
    expect(run(`${path} start`).exitCode).toBe(0)
    answers('')
    expect(run(`${path} vouched`).exitCode).toBe(0)
  })

  test('is not guessed where the own server is silent', () => {
    const { folder, path, run, has } = node({ peer: MORE, hurried: true })
    writeFileSync(join(folder, 'mute'), '')
    expect(run(`${path} vouch`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('the server does not answer'),
    })
    expect(has('vouched')).toBe(false)
  })
})
