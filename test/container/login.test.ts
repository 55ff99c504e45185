import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Secret } from '../../lib/secret.ts'
import { raw } from '../../lib/shell/sh.ts'
import { newReach, unlockKeys } from '../../lib/transport/index.ts'
import { answer, refusal, withHost } from '../support/logins.ts'
import { makePerson, type Person } from '../support/people.ts'
import { frames } from '../support/shells.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.stop())

describe('--accept-new', () => {
  test('remembers the key of a host that is not known, and never takes another one', async () => {
    const file = join(sshd.folder, 'new', 'known_hosts')
    const connection = sshd.connection({ knownHostsFiles: [file] })
    const told: string[] = []
    const accepting = () => newReach({ acceptNew: true, tell: (line) => told.push(line) })
    expect(await answer(connection, undefined, accepting())).toBe('hello\n')
    expect(readFileSync(file, 'utf8')).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}\n`)
    expect(told).toEqual([expect.stringMatching(/is new, and is trusted from now on: ssh-ed25519 SHA256:/)])
    expect(await answer({ ...connection })).toBe('hello\n')
    writeFileSync(file, `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519.replace(/.{4}$/, 'AAAA')}\n`)
    const error = await refusal(answer({ ...connection }, undefined, accepting()))
    expect(error).toMatchObject({ code: 'E_HOST_KEY', message: expect.stringContaining('CHANGED') })
  })

  test('a host that an authority vouches for needs ssh itself', async () => {
    const file = sshd.knownHosts(`@cert-authority * ${sshd.hostKeys.rsa}`)
    const error = await refusal(answer(sshd.connection({ knownHostsFiles: [file] })))
    expect(error).toMatchObject({ code: 'E_HOST_KEY', details: { hint: expect.stringContaining('ssh-cli') } })
  })
})

describe('an encrypted key', () => {
  const lock = (name: string) => {
    const file = join(sshd.folder, name)
    execFileSync('cp', [`${sshd.folder}/login`, file])
    execFileSync('cp', [`${sshd.folder}/login.pub`, `${file}.pub`])
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', file], { stdio: 'ignore' })
    return sshd.connection({ privateKeyFile: file })
  }
  const { SSH_AUTH_SOCK } = process.env
  afterEach(() => {
    if (SSH_AUTH_SOCK === undefined) delete process.env.SSH_AUTH_SOCK
    else process.env.SSH_AUTH_SOCK = SSH_AUTH_SOCK
  })

  test('is opened with the passphrase that a person gives, asked for once and tried at once', async () => {
    delete process.env.SSH_AUTH_SOCK
    const connection = lock('locked')
    const reach = newReach()
    const questions: string[] = []
    const answers = ['wrong', 'open sesame']
    const ask = async (question: string) => {
      questions.push(question)
      return answers.shift() ?? ''
    }
    await unlockKeys([connection, { ...connection }], reach, ask)
    expect(questions).toEqual(Array(2).fill(`passphrase of ${connection.privateKeyFile}`))
    expect(await answer(connection, undefined, reach)).toBe('hello\n')
    const error = await refusal(answer({ ...connection }))
    expect(error.details.hint).toContain('(encrypted, not tried)')
  })

  test('needs no passphrase where an agent holds it', async () => {
    const socket = join(sshd.folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
    while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 10))
    process.env.SSH_AUTH_SOCK = socket
    execFileSync('ssh-add', ['-q', `${sshd.folder}/login`], { stdio: 'ignore' })
    const connection = lock('held')
    const ask = async () => expect.unreachable('nobody is to be asked')
    await unlockKeys([connection], newReach(), ask)
    expect(await answer(connection)).toBe('hello\n')
    agent.kill()
  })
})

describe.each([
  ['password', ['PasswordAuthentication yes']],
  ['keyboard-interactive', ['KbdInteractiveAuthentication yes']],
])('a password, by %s,', (_, settings) => {
  let server: Sshd
  let person: Person
  beforeAll(async () => {
    person = makePerson()
    server = await startSshd([...settings, 'UsePAM yes', 'PubkeyAuthentication no'])
  })
  afterAll(async () => {
    await server.stop()
    person.remove()
  })

  test('logs in, and a wrong one is tried once', async () => {
    const connection = server.connection({ user: person.name })
    const good = newReach({ password: new Secret('SSH password', person.password) })
    expect(await answer(connection, 'id -un', good)).toBe(`${person.name}\n`)
    const bad = { ...connection, password: new Secret('ansible_password', 'wrong') }
    const error = await refusal(answer(bad, undefined, good))
    expect(error).toMatchObject({ code: 'E_UNREACHABLE', message: expect.stringContaining('refused') })
    expect(error.details.hint).toContain('the password')
    const failures = () => server.log().match(/Failed password|PAM: Authentication failure/g)
    await vi.waitFor(() => expect(failures()).toHaveLength(1))
  })
})

describe('a server of the CentOS 5 era', () => {
  let old: Sshd
  beforeAll(async () => {
    old = await startSshd([
      'KexAlgorithms diffie-hellman-group1-sha1',
      'Ciphers 3des-cbc,aes128-cbc',
      'MACs hmac-sha1',
      'HostKeyAlgorithms ssh-rsa',
      'PubkeyAcceptedAlgorithms ssh-ed25519,ssh-rsa',
    ])
  })
  afterAll(() => old.stop())
  const connection = (legacyAlgorithms: boolean) => {
    const known = old.knownHosts(`[127.0.0.1]:${old.port} ${old.hostKeys.rsa}`)
    return old.connection({ knownHostsFiles: [known], legacyAlgorithms })
  }

  test('is refused, with the variable that lets it in', async () => {
    const error = await refusal(answer(connection(false)))
    expect(error).toMatchObject({ code: 'E_UNREACHABLE', message: expect.stringContaining('no matching') })
    expect(error.details.hint).toContain('ansible_ssh_legacy_algorithms: true')
  })

  test('is reached with it', async () => {
    expect(await answer(connection(true))).toBe('hello\n')
  })
})

describe('the connection', () => {
  test('sends what it has at once (TCP_NODELAY)', async () => {
    const set = vi.spyOn(Socket.prototype, 'setNoDelay')
    const ports = await withHost(sshd.connection(), async () =>
      set.mock.calls.flatMap(([on], call) => (on ? [(set.mock.contexts[call] as Socket).remotePort] : [])),
    )
    set.mockRestore()
    expect(ports).toEqual([sshd.port])
  })

  test('is lost when the server answers no sign of life', async () => {
    const connection = sshd.connection({
      sshArguments: ['-o', 'ServerAliveInterval=1', '-o', 'ServerAliveCountMax=2'],
    })
    const error = await withHost(connection, async (session) => {
      // The server's own process stops, as a machine that hangs; it is let go on afterwards.
      const hang =
        'set -- $(ps -o ppid= -p $PPID) $PPID; (sleep 8; kill -CONT $2) >/dev/null 2>&1 & kill -STOP $2; sleep 60'
      return refusal(frames(session, [{ kind: 'ask', name: 'hang', run: raw(hang) }]))
    })
    expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', message: expect.stringMatching(/keepalive/i) })
  })
})
