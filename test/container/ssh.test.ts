import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RunsheetError } from '../../lib/errors.ts'
import type { Frame } from '../../lib/shell/frames.ts'
import { raw } from '../../lib/shell/sh.ts'
import type { Step } from '../../lib/shell/step.ts'
import { type Connection, openSession, type Session, transportFor } from '../../lib/transport/index.ts'
import { type Link, startLink } from '../support/proxy.ts'
import { frames } from '../support/shells.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd(['MaxSessions 1'])
})
afterAll(() => sshd.stop())

const ask = (text: string, name = 'question'): Step => ({ kind: 'ask', name, run: raw(text) })

async function withSession<Result>(
  connection: Connection,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(transportFor(connection), { host: 'web1' })
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}

async function failure(attempt: Promise<unknown>): Promise<RunsheetError> {
  const error = await attempt.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(RunsheetError)
  return error as RunsheetError
}

const login = (connection: Connection) =>
  withSession(connection, (session) => frames(session, [ask('id -u')]))

describe('a login', () => {
  test('runs batches in one channel of one connection and counts every trip', async () => {
    await withSession(sshd.connection(), async (session) => {
      expect(session.trips).toBe(2)
      const first = await frames(session, [ask('echo one; echo two >&2; exit 7'), ask('exit 255')])
      expect(first.map(({ words, stdout, stderr }) => [words.at(-1), stdout, stderr])).toEqual([
        ['7', 'one\n', 'two\n'],
        ['255', '', ''],
      ])
      expect(session.trips).toBe(3)
      for (let batch = 1; batch <= 3; batch += 1) await frames(session, [ask('true'), ask('true')])
      expect(session.trips).toBe(6)
    })
  })

  test('tells the exit code of a command, and that a killed one has none', async () => {
    const ends = ['exit 7', 'kill -9 $$'].map(async (command) => {
      const link = await transportFor(sshd.connection()).connect()
      const channel = await link.start(command)
      channel.stdout.resume()
      channel.stderr.resume()
      const closed = await channel.closed
      await link.close()
      return closed
    })
    const [seven, killed] = await Promise.all(ends)
    expect(seven).toMatchObject({ exitCode: 7, signal: undefined })
    expect(killed).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' })
  })

  test('does not reuse the login of another key', async () => {
    await login(sshd.connection())
    const error = await failure(login(sshd.connection({ privateKeyFile: `${sshd.folder}/ed25519` })))
    expect(error.code).toBe('E_UNREACHABLE')
    expect(error.details.hint).toContain(`Tried: ${sshd.folder}/ed25519.`)
  })

  test('offers the key type that known_hosts holds', async () => {
    const { ed25519, rsa } = sshd.hostKeys
    for (const key of [ed25519, rsa]) {
      const file = sshd.knownHosts(`[127.0.0.1]:${sshd.port} ${key}`)
      const [frame] = await login(sshd.connection({ knownHostsFiles: [file] }))
      expect(frame?.words).toEqual(['ask', 'question', '0'])
    }
  })
})

describe('without a key file', () => {
  const { HOME, SSH_AUTH_SOCK } = process.env
  afterEach(() => {
    process.env.HOME = HOME
    if (SSH_AUTH_SOCK === undefined) delete process.env.SSH_AUTH_SOCK
    else process.env.SSH_AUTH_SOCK = SSH_AUTH_SOCK
  })

  /** A user without keys, and perhaps with an agent. */
  const nobody = (agent: string | undefined) => {
    process.env.HOME = sshd.folder
    if (agent === undefined) delete process.env.SSH_AUTH_SOCK
    else process.env.SSH_AUTH_SOCK = agent
    return sshd.connection({ privateKeyFile: undefined })
  }

  test('the agent signs', async () => {
    const socket = `${sshd.folder}/agent`
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10))
    const key = `${sshd.folder}/login`
    execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
    const [frame] = await login(nobody(socket))
    agent.kill()
    expect(frame?.words).toEqual(['ask', 'question', '0'])
  })

  test('an agent that is gone is no login', async () => {
    const error = await failure(login(nobody(`${sshd.folder}/no-agent`)))
    expect(error.message).toContain('the login was refused')
    expect(error.details.hint).toContain('Tried: the agent.')
  })

  test('nor is having nothing at all', async () => {
    const error = await failure(login(nobody(undefined)))
    expect(error.code).toBe('E_UNREACHABLE')
    expect(error.details.hint).toContain('There was no key to try')
  })
})

describe('a refusal', () => {
  test('names the address, the port and the reason when nobody listens', async () => {
    const link = await startLink(sshd.port)
    await link.stop()
    const error = await failure(login(sshd.connection({ port: link.port })))
    expect(error.code).toBe('E_UNREACHABLE')
    expect(error.message).toContain(`127.0.0.1 port ${link.port}`)
    expect(error.message).toContain('ECONNREFUSED')
  })

  test('names a key file that is not there', async () => {
    const error = await failure(login(sshd.connection({ privateKeyFile: '/nonexistent/key' })))
    expect(error).toMatchObject({
      code: 'E_UNREACHABLE',
      message: expect.stringContaining('/nonexistent/key'),
    })
  })

  test('gives up on a server that never answers', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const error = await failure(login(sshd.connection({ port, connectTimeout: 0.3 })))
    silent.close()
    expect(error).toMatchObject({
      code: 'E_UNREACHABLE',
      message: expect.stringContaining('no answer within 0.3 s'),
    })
  })

  test('is not blamed on sudo when there was none', async () => {
    const session = await openSession(transportFor(sshd.connection()), {
      host: 'web1',
      shell: 'echo gone >&2; exit 1',
    })
    const error = await failure(frames(session, [ask('id')]))
    await session.close()
    expect(error).toMatchObject({ code: 'E_UNREACHABLE', message: expect.stringContaining('gone') })
  })
})

describe('known_hosts', () => {
  const field = () => `[127.0.0.1]:${sshd.port}`
  const refuse = (...lines: string[]) =>
    failure(login(sshd.connection({ knownHostsFiles: [sshd.knownHosts(...lines)] })))

  test('an unknown host is refused with its fingerprint and the command that adds it', async () => {
    const error = await refuse('# nobody')
    expect(error.code).toBe('E_HOST_KEY')
    expect(error.message).toMatch(/not known.*ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/)
    expect(error.details.hint).toContain(
      `echo '${field()} ${sshd.hostKeys.ed25519}' >> ${sshd.folder}/known_hosts.`,
    )
    expect(error.details.hint).toContain('--accept-new')
  })

  test('a changed key is refused with the command that forgets it', async () => {
    const other = sshd.hostKeys.ed25519.replace(/.{4}$/, 'AAAA')
    const error = await refuse(`${field()} ${other}`)
    expect(error).toMatchObject({ code: 'E_HOST_KEY', message: expect.stringContaining('CHANGED') })
    expect(error.details.hint).toContain(`ssh-keygen -R '${field()}' -f ${sshd.folder}/known_hosts.`)
  })

  test('a revoked key is refused although it is known', async () => {
    const key = sshd.hostKeys.ed25519
    const error = await refuse(`${field()} ${key}`, `@revoked * ${key}`)
    expect(error).toMatchObject({ code: 'E_HOST_KEY', message: expect.stringContaining('revoked') })
  })

  test('a name that ssh-keygen has hashed is found', async () => {
    const file = sshd.knownHosts(`${field()} ${sshd.hostKeys.ed25519}`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
    const [frame] = await login(sshd.connection({ knownHostsFiles: [file] }))
    expect(frame?.words).toEqual(['ask', 'question', '0'])
  })
})

describe('a connection that breaks', () => {
  let link: Link
  beforeAll(async () => {
    link = await startLink(sshd.port)
  })
  afterAll(() => link.stop())

  /** The link's port is not the server's, and known_hosts goes by the port. */
  const throughLink = (port: number) =>
    sshd.connection({
      port,
      knownHostsFiles: [sshd.knownHosts(`[127.0.0.1]:${port} ${sshd.hostKeys.ed25519}`)],
    })

  test('in the middle of a batch is never success', async () => {
    const seen: Frame[] = []
    const error = await withSession(throughLink(link.port), async (session) => {
      const batch = [
        ask('true', 'before'),
        ask('echo half; echo done >&2; sleep 5', 'during'),
        ask('true', 'after'),
      ]
      const lost = failure(session.run(batch, (frame) => seen.push(frame)))
      while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
      await new Promise((resolve) => setTimeout(resolve, 500))
      link.cut()
      const first = await lost
      expect(await failure(session.run([ask('true')], () => {}))).toMatchObject({ code: 'E_CONNECTION_LOST' })
      return first
    })
    expect(seen.map(({ words }) => words[1])).toEqual(['before'])
    expect(error.code).toBe('E_CONNECTION_LOST')
    expect(error.details.remote).toMatchObject({
      host: 'web1',
      command: 'echo half; echo done >&2; sleep 5',
      exitCode: undefined,
      stdout: 'half\n',
      stderr: 'done\n',
    })
  })

  test('because the server dies leaves the outcome unknown', async () => {
    const error = await withSession(sshd.connection(), (session) =>
      failure(frames(session, [ask('true'), ask('kill -9 $PPID; sleep 1')])),
    )
    expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', details: { remote: { exitCode: undefined } } })
  })

  test('because a step kills the shell says so', async () => {
    const error = await withSession(sshd.connection(), (session) =>
      failure(frames(session, [ask('kill -9 $$')])),
    )
    expect(error).toMatchObject({
      code: 'E_CONNECTION_LOST',
      message: expect.stringContaining('killed by SIGKILL'),
    })
  })

  test('before the first answer is unknown too', async () => {
    const options = { host: 'web1', shell: 'sleep 5; exec sh' }
    const session = await openSession(transportFor(throughLink(link.port)), options)
    const lost = failure(frames(session, [ask('true')]))
    setTimeout(link.cut, 100)
    expect(await lost).toMatchObject({ code: 'E_CONNECTION_LOST' })
    await session.close()
  })

  const batchOf = (session: Session, steps: number) =>
    frames(
      session,
      Array.from({ length: steps }, () => ask('echo x; echo y >&2')),
    )

  async function milliseconds(work: Promise<unknown>): Promise<number> {
    const start = performance.now()
    await work
    return performance.now() - start
  }

  test('a batch of twenty costs what one step costs on a slow link', async () => {
    const slow = await startLink(sshd.port, 250)
    await withSession(throughLink(slow.port), async (session) => {
      await batchOf(session, 1)
      const took = { one: Number.POSITIVE_INFINITY, twenty: Number.POSITIVE_INFINITY }
      for (let turn = 1; turn <= 3; turn += 1) {
        took.one = Math.min(took.one, await milliseconds(batchOf(session, 1)))
        took.twenty = Math.min(took.twenty, await milliseconds(batchOf(session, 20)))
      }
      expect(took.one).toBeGreaterThanOrEqual(490)
      expect(took.twenty / took.one, 'twenty trips would be twenty times as much').toBeLessThan(2)
    })
    await slow.stop()
  })
})

describe('large amounts', () => {
  test('2 MB on stderr do not block stdout', async () => {
    const [frame] = await withSession(sshd.connection(), (session) =>
      frames(session, [ask('head -c 2097152 /dev/zero | tr "\\0" x >&2; echo done')]),
    )
    expect(frame?.stdout).toBe('done\n')
    expect(frame?.stderr.length).toBe(2_097_152)
  })

  test('a script of 5 MB arrives whole', async () => {
    const size = 5 * 1024 * 1024
    const [frame] = await withSession(sshd.connection(), (session) =>
      frames(session, [ask(`text='${'x'.repeat(size)}'; echo \${#text}`)]),
    )
    expect(frame?.stdout).toBe(`${size}\n`)
  })
})
