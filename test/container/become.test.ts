import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunsheetError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import { raw } from '../../lib/shell/sh.ts'
import type { Step } from '../../lib/shell/step.ts'
import { type Become, openSession, type Session, transportFor } from '../../lib/transport/index.ts'
import { makePerson, type Person } from '../support/people.ts'
import { frames } from '../support/shells.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'

// Real sudo and real su, for users that live as long as this file.

let sshd: Sshd
let login: Person
let other: Person
beforeAll(async () => {
  sshd = await startSshd()
  login = makePerson()
  other = makePerson()
})
afterAll(async () => {
  await sshd.stop()
  login.remove()
  other.remove()
})

const ask = (text: string): Step => ({ kind: 'ask', name: 'question', run: raw(text) })
const secret = (value: string) => new Secret('ansible_become_password', value)

async function become<Result>(how: Become, use: (session: Session) => Promise<Result>): Promise<Result> {
  const connection = sshd.connection({ user: login.name })
  const session = await openSession(transportFor(connection), { host: 'web1', become: how })
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}

const whoami = async (session: Session) => (await frames(session, [ask('id -un; echo end >&2')]))[0]

async function failure(how: Become): Promise<RunsheetError> {
  const error = await become(how, whoami).then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(RunsheetError)
  expect(error).toMatchObject({ code: 'E_BECOME' })
  return error as RunsheetError
}

describe('sudo', () => {
  const sudo = (password?: string): Become => ({
    method: 'sudo',
    user: 'root',
    password: password === undefined ? undefined : secret(password),
  })

  test('takes the password on its standard input, in three trips with the first batch', async () => {
    login.sudo('ALL')
    await become(sudo(login.password), async (session) => {
      expect(await whoami(session)).toMatchObject({ stdout: 'root\n', stderr: 'end\n' })
      expect(session.trips).toBe(3)
      const seen = await frames(session, [ask('tr "\\0" " " < /proc/$PPID/cmdline; env'), ask('true')])
      expect(seen).toHaveLength(2)
      expect(seen[0]?.stdout).toContain('sudo -S')
      expect(seen[0]?.stdout).not.toContain(login.password)
    })
  })

  test('takes it where it is not needed, too', async () => {
    login.sudo('NOPASSWD: ALL')
    expect(await become(sudo(login.password), whoami)).toMatchObject({ stdout: 'root\n' })
    expect(await become(sudo(), whoami)).toMatchObject({ stdout: 'root\n' })
  })

  test('tells a wrong password after one try', async () => {
    login.sudo('ALL')
    const error = await failure(sudo('wrong'))
    expect(error.message).toContain('the password is wrong; it was tried once')
    expect(error.details.hint).toContain('ansible_become_password')
  })

  test('says what to do where it wants a password and has none', async () => {
    login.sudo('ALL')
    const error = await failure(sudo())
    expect(error.message).toContain('a password is required')
    expect(error.details.hint).toMatch(/-K.*NOPASSWD/)
  })

  test('says that the user may not', async () => {
    login.sudo('NOPASSWD: /bin/true')
    expect((await failure(sudo(login.password))).message).toMatch(/not allowed/)
  })

  test('becomes another one than root', async () => {
    login.sudo('NOPASSWD: ALL')
    const how: Become = { method: 'sudo', user: other.name }
    expect(await become(how, whoami)).toMatchObject({ stdout: `${other.name}\n` })
  })
})

describe('su', () => {
  const su = (password?: string): Become => ({
    method: 'su',
    user: other.name,
    password: password === undefined ? undefined : secret(password),
  })

  test('takes the password of the other user', async () => {
    expect(await become(su(other.password), whoami)).toMatchObject({
      stdout: `${other.name}\n`,
      stderr: 'end\n',
    })
  })

  test('tells a wrong password', async () => {
    expect((await failure(su('wrong'))).message).toMatch(/Authentication failure/)
  })

  test('never answers its prompt with a batch', async () => {
    const error = await failure(su())
    expect(error.message).toContain('it asks for a password, and there is none')
    expect(error.details.hint).toContain(`the password of ${other.name}`)
  })
})

describe('requiretty', () => {
  const hostile = 'printf "a\\r\\nb\\003\\004\\021\\177\\0c\\n"; printf "d\\r\\ne\\003f" >&2; exit 3'

  const everything = async (session: Session) => {
    const plain = await frames(session, [ask('echo out; echo err >&2'), ask(hostile), ask('id -un')])
    const size = 300_000
    const large = await frames(session, [
      ask(`text='${'x'.repeat(size)}'; echo \${#text}; head -c ${size} /dev/zero | tr "\\0" y >&2`),
    ])
    return { plain, large, size }
  }

  const check = ({ plain, large, size }: Awaited<ReturnType<typeof everything>>, user: string) => {
    expect(plain.map(({ stdout, stderr }) => [stdout, stderr])).toEqual([
      ['out\n', 'err\n'],
      ['a\r\nb\x03\x04\x11\x7f\0c\n', 'd\r\ne\x03f'],
      [`${user}\n`, ''],
    ])
    expect(plain[1]?.words.at(-1)).toBe('3')
    expect([large[0]?.stdout, large[0]?.stderr.length]).toEqual([`${size}\n`, size])
  }

  test.each([
    ['without a password', 'NOPASSWD: ALL', false],
    ['with a password', 'ALL', true],
  ])('gets a terminal that changes no byte, %s', async (_, rule, hasPassword) => {
    for (const settings of [['requiretty'], ['requiretty', '!use_pty']]) {
      login.sudo(rule, settings)
      const password = hasPassword ? secret(login.password) : undefined
      check(await become({ method: 'sudo', user: 'root', password }, everything), 'root')
    }
  })

  test('tells a wrong password there, too, and leaves no file behind', async () => {
    login.sudo('ALL', ['requiretty'])
    const how: Become = { method: 'sudo', user: 'root', password: secret('wrong') }
    expect((await failure(how)).message).toContain('the password is wrong')
    expect(readdirSync('/tmp').filter((name) => /^runsheet\.[0-9a-f]{32}$/.test(name))).toEqual([])
  })

  test('no one else gets one', async () => {
    login.sudo('NOPASSWD: ALL')
    const [frame] = await become({ method: 'sudo', user: 'root' }, (session) =>
      frames(session, [ask('if [ -t 0 ] || [ -t 2 ]; then echo tty; else echo none; fi')]),
    )
    expect(frame?.stdout).toBe('none\n')
  })
})

describe('beside the shell', () => {
  const root: Become = { method: 'sudo', user: 'root' }

  test('a command of the same user streams both ways', async () => {
    login.sudo('ALL')
    const size = 3 * 1024 * 1024
    const said = await become({ ...root, password: secret(login.password) }, async (session) => {
      const channel = await session.spawn('id -un; wc -c')
      let text = ''
      channel.stdout.on('data', (chunk) => {
        text += chunk
      })
      channel.stdout.resume()
      channel.stderr.resume()
      channel.stdin.end(Buffer.alloc(size))
      expect(await channel.closed).toMatchObject({ exitCode: 0 })
      expect(await whoami(session)).toMatchObject({ stdout: 'root\n' })
      return text
    })
    expect(said).toBe(`root\n${size}\n`)
  })

  test('a step that hangs is ended, and the shell goes on', async () => {
    login.sudo('NOPASSWD: ALL')
    const [hung, stubborn, after] = await become(root, async (session) => {
      const batch = frames(session, [
        ask('sh -c "sleep 300; true"; echo survived'),
        ask('trap "" TERM; sleep 300 & wait; while :; do sleep 1; done'),
        ask('id -un'),
      ])
      for (let second = 0; second < 2; second += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1000))
        expect(await session.abort()).toEqual([])
      }
      return batch
    })
    expect(hung?.words.at(-1)).toBe('143')
    expect(stubborn?.words.at(-1)).toBe('137')
    expect(after).toMatchObject({ stdout: 'root\n' })
    const running = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid) === 'sleep 300')
    expect(running).toEqual([])
  })

  function commandOf(pid: string): string {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    } catch {
      return ''
    }
  }
})
