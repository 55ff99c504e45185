import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Connection, newReach, openHost } from '../../lib/transport/index.ts'
import { waysProblems } from '../../lib/transport/target.ts'
import { answer, refusal } from '../support/logins.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// Two real servers and a real ssh_config: one of them is the way to the other.

let bastion: Sshd
let inner: Sshd
beforeAll(async () => {
  bastion = await startSshd()
  inner = await startSshd()
})
afterAll(async () => {
  await bastion.stop()
  await inner.stop()
})

const known = (sshd: Sshd) => `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}`

let count = 0
/** An ssh_config with the host `inner` behind the host `bastion`; `lines` are those of `inner`. */
function config(
  lines: string[],
  knownHosts = [known(bastion), known(inner)],
  more: string[] = [],
): Connection {
  count += 1
  const file = join(inner.folder, `config.${count}`)
  const text = [
    'Host bastion',
    '  HostName 127.0.0.1',
    `  Port ${bastion.port}`,
    `  IdentityFile ${bastion.folder}/login`,
    'Host inner',
    '  HostName 127.0.0.1',
    `  Port ${inner.port}`,
    `  IdentityFile ${inner.folder}/login`,
    ...lines,
    ...more,
    'Host *',
    `  UserKnownHostsFile ${inner.knownHosts(...knownHosts)}`,
    '  GlobalKnownHostsFile /dev/null',
  ]
  writeFileSync(file, `${text.join('\n')}\n`)
  return {
    kind: 'ssh',
    address: 'inner',
    port: undefined,
    user: undefined,
    privateKeyFile: undefined,
    knownHostsFiles: undefined,
    become: undefined,
    connectTimeout: 10,
    sshArguments: ['-F', file],
  }
}

const port = `set -- $SSH_CONNECTION; echo $4`
const logins = (sshd: Sshd) => sshd.log().match(/Accepted publickey/g)?.length ?? 0

describe('ssh_config', () => {
  test('says where a host is, and with which key', async () => {
    expect(await answer(config([]), port)).toBe(`${inner.port}\n`)
  })

  test('loses against the inventory', async () => {
    const connection = { ...config([]), port: bastion.port, privateKeyFile: `${bastion.folder}/login` }
    expect(await answer(connection, port)).toBe(`${bastion.port}\n`)
  })

  test('is read with its Include and Match, by OpenSSH itself', async () => {
    const file = join(inner.folder, 'included')
    writeFileSync(file, `Match originalhost other exec "true"\n  HostName 127.0.0.1\n  Port ${inner.port}\n`)
    const more = ['Host other', `  Include ${file}`, `  IdentityFile ${inner.folder}/login`]
    expect(await answer({ ...config([], undefined, more), address: 'other' }, port)).toBe(`${inner.port}\n`)
  })

  test('with mistakes is told with the file and the line, for all hosts at once', async () => {
    const wrong = config(['  Prot 22'])
    const problems = await waysProblems([wrong, config([]), config(['  CertificateFile /x'])])
    expect(problems).toHaveLength(2)
    expect(problems[0]?.message).toMatch(/config\.\d+: line 9: Bad configuration option: prot/)
    expect(problems[1]).toMatchObject({
      message: expect.stringContaining('certificatefile /x'),
      hint: expect.stringContaining('ssh-cli'),
    })
  })
})

describe('a jump host', () => {
  const jump = ['  ProxyJump bastion']

  test('is a login of its own, and the host behind it another', async () => {
    const before = [logins(bastion), logins(inner)]
    expect(await answer(config(jump), port)).toBe(`${inner.port}\n`)
    expect([logins(bastion), logins(inner)]).toEqual(before.map((one) => one + 1))
  })

  test('may stand in the arguments, and may itself be behind another', async () => {
    const through = config([])
    const before = logins(bastion)
    const chain = { ...through, sshArguments: [...(through.sshArguments ?? []), '-J', 'bastion,inner'] }
    expect(await answer(chain, port)).toBe(`${inner.port}\n`)
    expect(logins(bastion)).toBe(before + 1)
  })

  test('is logged in on once for many hosts, and left after the last', async () => {
    const reach = newReach()
    const before = logins(bastion)
    const connection = config(jump)
    const open = () => openHost('web1', { ...connection }, reach)
    const sessions = await Promise.all([open(), open(), open()])
    expect([logins(bastion) - before, reach.hops.size]).toEqual([1, 1])
    for (const session of sessions) await session.close()
    await vi.waitFor(() => expect(reach.hops.size).toBe(0))
  })

  test('shows its own key: an unknown one is refused, and so is that of the host behind it', async () => {
    const noBastion = await refusal(answer(config(jump, [known(inner)])))
    expect(noBastion).toMatchObject({ code: 'E_HOST_KEY' })
    expect(noBastion.message).toMatch(
      new RegExp(`^on the way to 127.0.0.1: .*:${bastion.port}: the host is not known`),
    )
    const noInner = await refusal(answer(config(jump, [known(bastion)])))
    expect(noInner).toMatchObject({ code: 'E_HOST_KEY' })
    expect(noInner.message).toContain(`[127.0.0.1]:${inner.port}: the host is not known`)
  })

  test('that does not reach the host says so, and can be left', async () => {
    const reach = newReach()
    const error = await refusal(answer({ ...config(jump), port: 1 }, port, reach))
    expect(error).toMatchObject({ code: 'E_UNREACHABLE', message: expect.stringContaining('refused') })
    expect(reach.hops.size).toBe(0)
  })
})

describe('a ProxyCommand', () => {
  test('carries the connection', async () => {
    const proxy = `  ProxyCommand ssh -F %%F -W %h:%p bastion`
    const connection = config([])
    const [, file = ''] = connection.sshArguments ?? []
    const through = config([proxy.replace('%%F', file)])
    const before = logins(bastion)
    expect(await answer(through, port)).toBe(`${inner.port}\n`)
    expect(logins(bastion)).toBe(before + 1)
  })

  test('that fails says why', async () => {
    const error = await refusal(answer(config(["  ProxyCommand sh -c 'echo broken >&2; exit 3'"])))
    expect(error).toMatchObject({ code: 'E_UNREACHABLE' })
    expect(error.message).toContain('the ProxyCommand ended with exit code 3: broken')
    const silent = await refusal(answer(config(['  ProxyCommand true'])))
    expect(silent).toMatchObject({ code: 'E_UNREACHABLE' })
  })
})
