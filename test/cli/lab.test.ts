import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { labPaths } from '../../lab/instance/paths.ts'
import { writeState } from '../../lab/instance/state.ts'

// Inside the project, so that the playbook finds the engine by the package's own name.
let folder: string
beforeEach(() => {
  folder = mkdtempSync('test/cli/lab-')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A lab that was made, and whose machines are off. */
function makeLab(name: string, topology: string, host: string): void {
  const paths = labPaths(join(folder, 'runsheet'), name)
  mkdirSync(dirname(paths.state), { recursive: true })
  writeState(paths.state, { topology, image: 'x', accel: 'tcg', ports: {}, cuts: {}, snapshots: {} })
  writeFileSync(paths.inventory, `all: { hosts: { ${host}: { ansible_connection: local } } }\n`)
}

function run(environment: string, variables: NodeJS.ProcessEnv = {}) {
  const playbook = join(folder, 'look.mjs')
  writeFileSync(
    playbook,
    `import { definePlaybook, run, z } from 'runsheet'
import * as lab from 'runsheet/lab'
const playbook = definePlaybook({
  name: 'look', description: 'Looks.', hosts: 'all', vars: z.strictObject({}), plays: () => [],
})
await run(playbook, { lab: ${environment} })
`,
  )
  const { LAB_NAME: _, LAB_TOPOLOGY: __, ...env } = process.env
  return spawnSync('npx', ['zx', playbook, '--lab', '--list-hosts'], {
    encoding: 'utf8',
    env: { ...env, XDG_CACHE_HOME: join(process.cwd(), folder), ...variables },
  })
}

describe('--lab', () => {
  const telling = "{ up: async ({ topology }) => { throw new Error('asked for ' + topology) } }"

  it.each([
    ['the playbook', {}, 'look'],
    ['LAB_TOPOLOGY', { LAB_TOPOLOGY: 'two-node-lun' }, 'two-node-lun'],
  ])(
    'takes the topology of %s',
    (_, variables, topology) => {
      const { status, stderr } = run(telling, variables)
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringContaining(`asked for ${topology}`),
      })
    },
    30_000,
  )
})

describe('the lab as it is', () => {
  it('is the only one that there is, of whatever topology, and nothing of it is started', () => {
    makeLab('mine', 'two-node', 'node1')
    const { status, stdout, stderr } = run('lab.asItIs')
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('node1') })
    expect(stderr).toContain('node1 is off')
    expect(stderr).toContain('node2 is off')
  }, 30_000)

  it.each([
    ['none', [], /npm run lab -- --topology two-node up/],
    ['several', ['mine', 'yours'], /choose one: LAB_NAME=mine \(two-node\), LAB_NAME=yours \(two-node\)/],
  ])(
    'is refused where there is %s, with what to type',
    (_, names, hint) => {
      for (const name of names) makeLab(name, 'two-node', 'node1')
      const { status, stderr } = run('lab.asItIs')
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(hint) })
    },
    30_000,
  )

  it('is the one that LAB_NAME names', () => {
    makeLab('mine', 'two-node', 'node1')
    makeLab('yours', 'contract', 'target')
    expect(run('lab.asItIs', { LAB_NAME: 'yours' }).stdout).toContain('target')
  }, 30_000)
})
