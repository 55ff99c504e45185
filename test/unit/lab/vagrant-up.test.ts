import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// What test/vagrant/up.sh, which takes an hour, makes of what it finds.

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vagrant-up-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const call = (...words: string[]) =>
  spawnSync('sh', ['-euc', '. test/vagrant/functions.sh; "$@"', 'sh', ...words], { encoding: 'utf8' })

describe('the second run', () => {
  const recap = (exitCode: number, changed: number, hosts: object = { node1: { ok: 40, changed } }) =>
    `{"event":"start"}\n${JSON.stringify({ event: 'recap', exitCode, changed, seconds: 9, hosts })}\n`

  test.each<[string, string, string, number]>([
    ['changed nothing', '0', recap(0, 0), 0],
    ['changed something', '0', recap(0, 1), 1],
    ['failed', '2', recap(2, 0), 1],
    ['says that it failed', '0', recap(2, 0), 1],
    ['was no run', '1', '', 1],
    ['said nothing', '0', '', 1],
    ['was broken off', '137', '{"event":"task","changed":0}\n', 1],
    ['met no host', '0', recap(0, 0, {}), 1],
  ])('%s', (_, code, said, status) => {
    const events = join(folder, 'events')
    writeFileSync(events, said)
    expect(call('unchanged', code, events)).toMatchObject({ status })
  })
})

describe('the image', () => {
  const made = (name: string, seconds: number) => {
    mkdirSync(join(folder, name))
    utimesSync(join(folder, name), seconds, seconds)
  }

  test('is the newest one, and no build', () => {
    made('0123456789abcdef', 1000)
    made('b0123456789abcde', 2000)
    made('building-4711', 3000)
    const { status, stdout } = call('newest_image', folder)
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${folder}/b0123456789abcde/\n` })
  })

  test.each([
    ['there is none', () => {}],
    ['one is being built', () => made('building-4711', 3000)],
  ])('is missing where %s, and it is said how to make it', (_, make) => {
    make()
    const { status, stderr } = call('newest_image', folder)
    expect(status).toBe(1)
    expect(stderr).toContain(`there is no image of the lab in ${folder}: make one with 'npm run lab -- up'`)
  })
})
