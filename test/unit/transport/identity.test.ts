import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunsheetError } from '../../../lib/errors.ts'
import { Secret } from '../../../lib/secret.ts'
import { identify, inOrder, type Login } from '../../../lib/transport/identity.ts'

let folder: string
const key = (name: string) => join(folder, '.ssh', name)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-keys-'))
  mkdirSync(join(folder, '.ssh'))
  const generate = (name: string, ...more: string[]) =>
    execFileSync('ssh-keygen', [
      '-q',
      '-N',
      name.includes('locked') ? 'secret' : '',
      '-f',
      key(name),
      ...more,
    ])
  generate('id_ed25519', '-t', 'ed25519')
  generate('locked', '-t', 'ed25519')
  generate('pem', '-t', 'ecdsa', '-m', 'PEM')
  generate('locked-pem', '-t', 'ecdsa', '-m', 'PEM')
  generate('locked-pkcs8', '-t', 'ecdsa', '-m', 'PKCS8')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** How a user would log in with a key file that was chosen, or with those that everybody has. */
function tried(chosen: string | undefined, agent?: string, password?: string, passphrase?: string) {
  const files = [chosen ?? key('id_ed25519')]
  const { logins, tried } = identify({ files, chosen: chosen !== undefined, agent }, 'root', {
    password: password === undefined ? undefined : new Secret('password', password),
    passphrases: new Map(passphrase === undefined ? [] : [[files[0] ?? '', new Secret('p', passphrase)]]),
  })
  return [logins.map(({ type }) => type).join(' '), ...tried.map((one) => one.replace(`${folder}/.ssh/`, ''))]
}

describe('a login uses', () => {
  test.each([
    ['the key that is named, and not the agent', 'pem', '/agent', ['publickey', 'pem']],
    [
      'the agent for a locked key',
      'locked',
      '/agent',
      ['agent', 'the agent', 'locked (encrypted, not tried)'],
    ],
    ['nothing for a locked key without an agent', 'locked', undefined, ['', 'locked (encrypted, not tried)']],
    ['no locked key in PEM', 'locked-pem', undefined, ['', 'locked-pem (encrypted, not tried)']],
    ['no locked key in PKCS #8', 'locked-pkcs8', undefined, ['', 'locked-pkcs8 (encrypted, not tried)']],
    [
      'the agent and the files that ssh itself would use',
      undefined,
      '/agent',
      ['agent publickey', 'the agent', 'id_ed25519'],
    ],
    ['those files without an agent', undefined, undefined, ['publickey', 'id_ed25519']],
  ])('%s', (_, name, agent, expected) => {
    expect(tried(name && key(name), agent)).toEqual(expected)
  })

  test('the password after everything else, in both of its forms', () => {
    expect(tried(key('pem'), undefined, 'p')).toEqual([
      'publickey password keyboard-interactive',
      'pem',
      'the password',
    ])
  })

  test('a locked key with its passphrase, and not the agent', () => {
    expect(tried(key('locked'), '/agent', undefined, 'secret')).toEqual(['publickey', 'locked'])
  })

  test('no file that is not there', () => {
    const error = (() => {
      try {
        return tried('/nonexistent')
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(RunsheetError)
    expect(error).toMatchObject({
      code: 'E_UNREACHABLE',
      message: 'the private key /nonexistent cannot be read: ENOENT',
    })
  })
})

describe('the server is offered', () => {
  const login = (type: Login['type']) => ({ type }) as Login
  const all = ['agent', 'publickey', 'password', 'keyboard-interactive'] as const

  /** What is tried until nothing is left, with what the server says it would take. */
  function order(types: readonly Login['type'][], left: readonly string[] | null): string[] {
    const next = inOrder(types.map(login))
    const said: string[] = []
    for (let one = next(null); one; one = next(left)) said.push(one.type)
    return said
  }

  test.each([
    [
      'every way that it takes',
      ['publickey', 'password', 'keyboard-interactive'],
      ['agent', 'publickey', 'password'],
    ],
    [
      'the password by keyboard-interactive',
      ['publickey', 'keyboard-interactive'],
      ['agent', 'publickey', 'keyboard-interactive'],
    ],
    ['nothing that it does not take', ['hostbased'], ['agent']],
  ])('%s', (_, left, expected) => {
    expect(order(all, left)).toEqual(expected)
  })
})
