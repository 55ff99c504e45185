import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RunsheetError } from '../../../lib/errors.ts'
import type { Connection } from '../../../lib/transport/connection.ts'
import { identify } from '../../../lib/transport/identity.ts'

let folder: string
const home = process.env.HOME
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
  generate('pem', '-t', 'rsa', '-m', 'PEM')
  generate('locked-pem', '-t', 'rsa', '-m', 'PEM')
  generate('locked-pkcs8', '-t', 'rsa', '-m', 'PKCS8')
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  process.env.HOME = home
})

/** How the present user would log in with a key file, or with none. */
function tried(privateKeyFile: string | undefined, agent?: string) {
  process.env.HOME = folder
  const { logins, tried } = identify({ privateKeyFile } as Connection, 'root', agent)
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
