import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
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
 */
function node({ starting = '', lifting = '' } = {}) {
  const box = sandbox({
    mariadb: `cd "\${0%/*}"
      case "$*" in
        *--defaults-file=*) echo 'ON 0-1-8' ;;
        *'${LIFT}'*)
          ${lifting}
          : >writable ;;
        *'${LOWER}'*) rm -f writable ;;
        *'SELECT @@global.read_only'*) [ -e up ] || exit 1; [ ! -e writable ] && echo 1 || echo 0 ;;
        *CONCAT_WS* | *gtid_current_pos*) echo 0-1-8 ;;
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
  })
  const script = promotionScript({ deadtime: 0, tools: '/usr/share/heartbeat' }).reveal()
  const path = join(box.folder, 'db-promote')
  writeFileSync(path, script.replaceAll('/var/lib/db-promote', box.folder))
  chmodSync(path, 0o755)
  return { ...box, has: (name: string) => existsSync(join(box.folder, name)), path }
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
