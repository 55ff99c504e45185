import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../../lib/shell/sh.ts'
import { newReach } from '../../lib/transport/index.ts'
import { answer, refusal, withHost } from '../support/logins.ts'
import { makePerson, type Person } from '../support/people.ts'
import { frames } from '../support/shells.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// The system's own ssh, for what ssh2 does not know: certificates, here of the host and of the user.

let sshd: Sshd
let person: Person
beforeAll(async () => {
  sshd = await startSshd()
  person = makePerson()
})
afterAll(async () => {
  await sshd.stop()
  person.remove()
})

const cli = (changes = {}) => sshd.connection({ kind: 'ssh-cli', ...changes })
const step = (text: string) => ({ kind: 'ask' as const, name: 'question', run: raw(text) })

describe("the system's ssh", () => {
  test('carries the session, with its trips, its streams and more beside it', async () => {
    await withHost(cli(), async (session) => {
      const [frame] = await frames(session, [step('echo out; echo err >&2; exit 255')])
      expect(frame).toMatchObject({ stdout: 'out\n', stderr: 'err\n' })
      expect([frame?.words.at(-1), session.trips]).toEqual(['255', 3])
      const channel = await session.spawn('cat; exit 7')
      channel.stdout.resume()
      channel.stderr.resume()
      channel.stdin.end()
      expect(await channel.closed).toMatchObject({ exitCode: 7 })
    })
  })

  test('logs in by certificates, the host by one of an authority', async () => {
    const ca = join(sshd.folder, 'ca')
    const keygen = (...args: string[]) => execFileSync('ssh-keygen', ['-q', ...args], { stdio: 'ignore' })
    keygen('-t', 'ed25519', '-N', '', '-C', '', '-f', ca)
    keygen('-t', 'ed25519', '-N', '', '-f', join(sshd.folder, 'user'))
    keygen('-s', ca, '-I', 'user', '-n', userInfo().username, join(sshd.folder, 'user.pub'))
    keygen('-s', ca, '-I', 'host', '-h', '-n', '127.0.0.1', join(sshd.folder, 'ed25519.pub'))
    const server = await startSshd([
      `HostKey ${sshd.folder}/ed25519`,
      `HostCertificate ${sshd.folder}/ed25519-cert.pub`,
      `TrustedUserCAKeys ${ca}.pub`,
    ])
    const authority = execFileSync('cat', [`${ca}.pub`], { encoding: 'utf8' }).trim()
    const connection = server.connection({
      kind: 'ssh-cli',
      privateKeyFile: `${sshd.folder}/user`,
      knownHostsFiles: [server.knownHosts(`@cert-authority [127.0.0.1]:* ${authority}`)],
    })
    expect(await answer(connection)).toBe('hello\n')
    await server.stop()
  })

  test('takes the arguments of the inventory', async () => {
    const file = join(sshd.folder, 'config')
    writeFileSync(file, `Host alias\n  HostName 127.0.0.1\n  Port ${sshd.port}\n`)
    const connection = cli({ address: 'alias', port: undefined, sshArguments: ['-F', file] })
    expect(await answer(connection)).toBe('hello\n')
  })

  test('refuses a host that is not known, unless new ones are accepted', async () => {
    const unknown = cli({ knownHostsFiles: [sshd.knownHosts('# nobody')] })
    expect(await refusal(answer(unknown))).toMatchObject({ code: 'E_HOST_KEY' })
    expect(await answer(unknown, undefined, newReach({ acceptNew: true }))).toBe('hello\n')
  })

  test('says what it said where it cannot log in', async () => {
    const error = await refusal(answer(cli({ privateKeyFile: `${sshd.folder}/ed25519` })))
    expect(error).toMatchObject({
      code: 'E_UNREACHABLE',
      message: expect.stringContaining('Permission denied'),
    })
  })

  test('leaves the outcome unknown when the connection breaks', async () => {
    const error = await withHost(cli(), (session) =>
      refusal(frames(session, [step('true'), step('kill -9 $PPID; sleep 1')])),
    )
    expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', details: { remote: { exitCode: undefined } } })
  })

  test('gives sudo a terminal where it wants one', async () => {
    person.sudo('NOPASSWD: ALL', ['requiretty'])
    const connection = cli({ user: person.name, become: { method: 'sudo', user: 'root' } })
    const [frame] = await withHost(connection, (session) =>
      frames(session, [step('id -un; printf "a\\r\\n\\003b" >&2')]),
    )
    expect([frame?.stdout, frame?.stderr]).toEqual(['root\n', 'a\r\n\x03b'])
  })
})
