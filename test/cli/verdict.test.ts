import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

// A playbook that asks, as a monitoring program starts it. Inside the project, so that it finds the engine by name.

let folder: string
beforeEach(() => {
  folder = resolve(mkdtempSync('test/cli/verdict-'))
  // Nobody listens at port 1.
  const away = {
    ansible_connection: 'ssh',
    ansible_host: '127.0.0.1',
    ansible_port: 1,
    ansible_user: 'nobody',
  }
  const hosts = { here: { ansible_connection: 'local' }, away }
  writeFileSync(join(folder, 'hosts.yml'), JSON.stringify({ all: { hosts } }))
  writeFileSync(join(folder, 'ask.mjs'), PLAYBOOK)
  writeFileSync(join(folder, 'sick'), '')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PLAYBOOK = `\
import { definePlaybook, play, run, sh, z } from 'runsheet'
await run(definePlaybook({
  name: 'ask',
  description: 'Asks.',
  hosts: 'all',
  vars: z.strictObject({ folder: z.string(), plays: z.coerce.number().default(0) }),
  facts: ({ vars }) => ({ sick: sh\`[ ! -e \${vars.folder}/sick ]\` }),
  verdict: (known, silent) => {
    const sick = known.some(({ facts }) => facts.sick.exitCode !== 0)
    return {
      exitCode: sick ? 2 : silent.length > 0 ? 1 : 0,
      lines: [sick ? 'ASK CRITICAL' : 'ASK WARNING', ...silent.map(({ name, why }) => name + ' is silent: ' + why)],
      data: { silent: silent.map(({ name }) => name) },
    }
  },
  plays: (hosts) => (hosts[0].vars.plays ? [play('p', hosts, () => [])] : []),
}))
`

interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

/** @param meanwhile is told all that was printed so far, and may end the process, or read no more of it */
function ask(
  args: string[],
  meanwhile: (stdout: string, end: () => void, leave: () => void) => void = () => {},
): Promise<Ran> {
  const argv = [join(folder, 'ask.mjs'), '-i', join(folder, 'hosts.yml'), '-e', `folder=${folder}`, ...args]
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') }
  const child = spawn('node', argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ran: Ran = { code: null, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ran.stdout += text
    meanwhile(
      ran.stdout,
      () => child.kill('SIGINT'),
      () => child.stdout.destroy(),
    )
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ran.stderr += text
  })
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code) => done({ ...ran, code }))
  })
}

describe('a playbook that gives a verdict', () => {
  it('says it first and by its exit code; a host that is away ends nothing', async () => {
    const { code, stdout, stderr } = await ask([])
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'ASK CRITICAL',
      expect.stringMatching(/^away is silent: .*127\.0\.0\.1/),
      expect.stringMatching(/^as of \d{4}-/),
      '',
    ])
  })

  it('takes no lock and keeps no record', async () => {
    await ask([])
    expect(existsSync(join(folder, 'state'))).toBe(false)
  })

  it('says the same to programs, in one line, and asks in one round trip behind the login', async () => {
    rmSync(join(folder, 'sick'))
    const { code, stdout } = await ask(['--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      event: 'verdict',
      playbook: 'ask',
      exitCode: 1,
      data: { silent: ['away'] },
      trips: { here: expect.any(Number) },
    })
    expect(JSON.parse(stdout).trips.here).toBeLessThanOrEqual(3)
  })

  it('looks again until it is interrupted, and ends with the last verdict', async () => {
    const { code, stdout } = await ask(['--watch', '1'], (soFar, end) => {
      rmSync(join(folder, 'sick'), { force: true })
      if (soFar.includes('WARNING')) end()
    })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ASK CRITICAL\n[\s\S]*^ASK WARNING\n/m)
  })

  it('looks again no more when nobody reads it, and says nothing of that', async () => {
    const { code, stderr } = await ask(['--watch', '1'], (_, _end, leave) => leave())
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  })

  it.each([
    ['--plan', 'x'],
    ['--step'],
    ['--resume'],
    ['--watch', '0'],
  ])('does not know %s %s', async (...args) => {
    const { code, stderr } = await ask(args)
    expect(code).toBe(1)
    expect(stderr).toContain('error:')
  })

  it('can have no plays', async () => {
    const { code, stderr } = await ask(['-e', 'plays=1'])
    expect(code).toBe(1)
    expect(stderr).toContain('ask gives a verdict and changes nothing, so it can have no plays')
  })
})
