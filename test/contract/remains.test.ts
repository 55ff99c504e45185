import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeRemains } from './docker/remains.ts'

/** The kernel gives no process this number: proc(5), /proc/sys/kernel/pid_max is 2^22 at most. */
const NOBODY = 2 ** 22 + 1

let cache: string

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'runsheet-remains-'))
})

afterEach(() => rmSync(cache, { recursive: true, force: true }))

test('what a killed daemon left is removed, with the mounts in it', () => {
  const data = join(cache, `docker-${NOBODY}`, 'data')
  const merged = join(data, 'overlay2', 'merged')
  mkdirSync(merged, { recursive: true })
  execFileSync('mount', ['--bind', data, data])
  execFileSync('mount', ['-t', 'tmpfs', 'none', merged])
  writeFileSync(join(merged, 'file'), '')
  removeRemains(cache)
  expect(existsSync(join(cache, `docker-${NOBODY}`))).toBe(false)
  expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(cache)
})

test('what a living run has, and what is no run, stays', () => {
  const kept = [`docker-${process.pid}`, `building-${process.pid}`, 'image-0123.tar']
  for (const name of kept) mkdirSync(join(cache, name))
  removeRemains(cache)
  expect(kept.filter((name) => !existsSync(join(cache, name)))).toEqual([])
})
