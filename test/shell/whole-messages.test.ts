import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { wholeMessages } from '../../playbooks/parts/whole-messages.mjs'

// The function of resource-agents 4.12 by which heartbeat's scripts speak to it, as it comes and as it is left.

const SHIPPED = `# Functions
ha_clustermsg() {
	(echo ">>>"; cat -; echo "<<<")	| cat - >> $HA_FIFO
}
other() { echo 'a\\\\b'; }
`

let folder = ''
let functions = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-messages-'))
  functions = join(folder, 'shellfuncs')
  writeFileSync(functions, SHIPPED, { mode: 0o644 })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const shell = (input: string) =>
  spawnSync('dash', { input, encoding: 'utf8', env: { ...process.env, HA_FIFO: join(folder, 'fifo') } })
const inside = (text: string) => text.replaceAll('/etc/ha.d/shellfuncs', functions)
const { probe, apply } = wholeMessages()

/** Two scripts that speak at once, each with a pause in the middle of its words. */
function spoken(): string {
  writeFileSync(join(folder, 'fifo'), '')
  shell(`. ${functions}
    { echo t=one; sleep 0.4; echo info=one; } | ha_clustermsg &
    sleep 0.2
    { echo t=two; sleep 0.4; echo info=two; } | ha_clustermsg &
    wait`)
  return readFileSync(join(folder, 'fifo'), 'utf8')
}

const WHOLE = '>>>\nt=one\ninfo=one\n<<<\n>>>\nt=two\ninfo=two\n<<<\n'

it('tears messages as it comes, and keeps them whole as it is left', () => {
  expect(spoken()).not.toBe(WHOLE)
  expect(shell(inside(probe.text)).stdout).toBe('done no\n')
  expect(shell(`set -e\n${inside(apply.text)}`)).toMatchObject({ status: 0, stderr: '' })
  expect(spoken()).toBe(WHOLE)
  expect(shell(inside(probe.text)).stdout).toBe('done yes\n')
})

it('touches nothing else, and no other version of it', () => {
  shell(inside(apply.text))
  const [before, after] = [SHIPPED, readFileSync(functions, 'utf8')].map((text) => text.split('\n'))
  expect(after?.filter((line) => !before?.includes(line))).toHaveLength(1)
  expect(statSync(functions).mode & 0o777).toBe(0o644)
  writeFileSync(functions, 'ha_clustermsg() { :; }\n')
  expect(shell(inside(probe.text)).stdout).toBe('done yes\n')
  rmSync(functions)
  expect(shell(inside(probe.text)).stdout).toBe('done yes\n')
})
