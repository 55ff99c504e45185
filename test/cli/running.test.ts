import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { collect } from '../bench/process.ts'
import { openFolder } from '../support/shells.ts'

// Whole processes, as a person starts them, on this machine.
const ZX = new URL('../../node_modules/zx/build/cli.js', import.meta.url).pathname
const PLAYBOOK = new URL('../bench/files.mjs', import.meta.url).pathname

let folder: string
let inventory: string
beforeEach(() => {
  folder = openFolder()
  inventory = join(folder, 'inventory.yml')
  const hosts = { here: { ansible_connection: 'local' } }
  writeFileSync(inventory, JSON.stringify({ all: { hosts, vars: { folder, count: 2 } } }))
})

const run = (...args: string[]) => collect('node', [ZX, PLAYBOOK, '-i', inventory, ...args])

describe('the command line', () => {
  it('writes a plan, does it, and refuses it once it does not hold any more', async () => {
    const plan = join(folder, 'plan.json')
    expect(await run('--plan', plan)).toMatchObject({ code: 0 })
    expect(await run('--apply', plan)).toMatchObject({ code: 0 })
    const again = await run('--apply', plan)
    expect(again).toMatchObject({ code: 3, stdout: expect.stringContaining('was would-change') })
  })

  it('refuses to ask where there is nobody, and says what to do instead', async () => {
    const { code, stderr } = await run('--step')
    expect(code).toBe(1)
    expect(stderr).toContain('there is no terminal')
    expect(stderr).toContain('--check --diff')
  })

  it('prints with -v what was as wanted, too', async () => {
    await run()
    expect((await run()).stdout).not.toContain('here.0')
    expect((await run('-v')).stdout).toMatch(/^ok +here {2}file .*here\.0$/m)
  })

  it('begins where it is told to', async () => {
    await run('--start-at-task', `file ${folder}/here.1`)
    rmSync(join(folder, 'here.1'))
    expect(() => rmSync(join(folder, 'here.0'))).toThrow('ENOENT')
    const { code, stderr } = await run('--start-at-task', 'nowhere')
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no task is called 'nowhere'"),
    })
  })

  it.each([
    ['--forks', '0'],
    ['--apply', 'x', '--check'],
    ['--apply', 'x', '--plan', 'y'],
  ])('refuses %s %s', async (...args) => {
    expect((await run(...args)).code).toBe(1)
  })
})
