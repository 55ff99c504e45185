import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { fetchSecrets, loadInventory } from '../../../lib/inventory/index.ts'
import { Secret } from '../../../lib/secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'runsheet-secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const nobody = (question: string): Promise<string> =>
  Promise.reject(new Error(`nobody answers '${question}'`))

/** The variables of the hosts of an inventory, their secrets fetched and shown as `NAME=VALUE`. */
async function read(yaml: string, ask = nobody, hosts: readonly string[] = ['a', 'b']) {
  writeFileSync(join(folder, 'hosts.yml'), yaml)
  const inventory = loadInventory(join(folder, 'hosts.yml'), [])
  await fetchSecrets(inventory, hosts, ask)
  const show = (value: unknown) =>
    value instanceof Secret && value.isKnown ? `${value.name}=${value.reveal()}` : value
  return inventory.hosts.map(({ variables }) =>
    Object.fromEntries([...variables].map(([name, { value }]) => [name, show(value)])),
  )
}

describe('a secret', () => {
  it('comes from the environment, a file or a command, without the newline at its end', async () => {
    vi.stubEnv('RUNSHEET_TEST', 'one')
    writeFileSync(join(folder, 'two'), 'two\n\n')
    const origins =
      'x: !secret { env: RUNSHEET_TEST }, y: !secret { file: two }, z: !secret { command: cat two; echo 3 }'
    expect(await read(`all: { hosts: { a: { ${origins} } } }`)).toEqual([
      { x: 'x=one', y: 'y=two\n', z: 'z=two\n\n3' },
    ])
  })

  it('has the name of its variable; a second one of that name gets a number', async () => {
    vi.stubEnv('RUNSHEET_TEST', 'v')
    const secret = '!secret { env: RUNSHEET_TEST }'
    const [a, b] = await read(`all: { hosts: { a: { k: ${secret} }, b: { k: ${secret} } } }`)
    expect([a, b]).toEqual([{ k: 'k=v' }, { k: 'k-2=v' }])
  })

  it('of one origin is asked for once, and only for the hosts concerned', async () => {
    const ask = vi.fn(async (question: string) => `answer to ${question}`)
    const yaml = `all: { vars: { one: !secret { prompt: q }, two: !secret { prompt: q } },
      hosts: { a: , b: { other: !secret { prompt: never } } } }`
    const [a] = await read(yaml, ask, ['a'])
    expect(a).toEqual({ one: 'one=answer to q', two: 'two=answer to q' })
    expect(ask).toHaveBeenCalledTimes(1)
  })

  it.each([
    [
      'an unset variable',
      '{ env: RUNSHEET_NOT_SET }',
      'the environment variable RUNSHEET_NOT_SET of this secret is not set',
    ],
    ['a missing file', '{ file: absent }', 'ENOENT'],
    ['a failing command', '{ command: "echo why >&2; exit 3" }', 'exit code 3: echo why >&2; exit 3\nwhy'],
    ['a silent command', '{ command: "true" }', 'the command of this secret printed nothing: true'],
    ['a NUL byte', '{ command: "printf \'a\\\\0b\'" }', 'this secret holds a NUL byte'],
    ['an empty file', '{ file: /dev/null }', 'the file of this secret is empty: /dev/null'],
    ['nobody to ask', '{ prompt: Really }', "nobody answers 'Really'"],
  ])('with %s is told with its place', async (_name, origin, message) => {
    const reading = read(`all: { hosts: { a: { deep: { k: !secret ${origin} } } } }`)
    await expect(reading).rejects.toThrow(`hosts.yml:1:41: deep.k: `)
    await expect(read(`all: { hosts: { a: { k: !secret ${origin} } } }`)).rejects.toThrow(message)
  })

  it('that fails leaves the people alone', async () => {
    const ask = vi.fn(nobody)
    const yaml = 'all: { hosts: { a: { x: !secret { prompt: q }, y: !secret { file: absent } } } }'
    await expect(read(yaml, ask)).rejects.toThrow('ENOENT')
    expect(ask).not.toHaveBeenCalled()
  })
})

describe('a secret encrypted with age', async () => {
  const identity = await generateIdentity()
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identity))
  const bytes = await encrypter.encrypt('hidden\n')
  const inline = `all:\n  hosts:\n    a:\n      k: !age |\n${armor.encode(bytes).replaceAll(/^(?=.)/gm, '        ')}`
  writeFileSync(join(folder, 'identity'), `# created by age-keygen\n${identity}\n`)
  writeFileSync(join(folder, 'binary.age'), bytes)
  writeFileSync(join(folder, 'armored.age'), armor.encode(bytes))

  it.each([
    ['in the inventory', inline],
    ['in a file', 'all: { hosts: { a: { k: !secret { age: binary.age } } } }'],
    ['in an armored file', 'all: { hosts: { a: { k: !secret { age: armored.age } } } }'],
  ])('stands %s', async (_name, yaml) => {
    vi.stubEnv('RUNSHEET_AGE_IDENTITY', join(folder, 'identity'))
    expect(await read(yaml)).toEqual([{ k: 'k=hidden' }])
    vi.stubEnv('RUNSHEET_AGE_IDENTITY', identity)
    expect(await read(yaml)).toEqual([{ k: 'k=hidden' }])
  })

  it('needs an identity', async () => {
    vi.stubEnv('RUNSHEET_AGE_IDENTITY', '')
    vi.stubEnv('HOME', folder)
    await expect(read(inline)).rejects.toThrow(
      'hosts.yml:4:15: k: no identity to decrypt it: let RUNSHEET_AGE_IDENTITY',
    )
  })

  it('needs the right identity', async () => {
    vi.stubEnv('RUNSHEET_AGE_IDENTITY', await generateIdentity())
    await expect(read(inline)).rejects.toThrow(
      /^.*hosts\.yml:4:15: k: it cannot be decrypted with age: no identity matched/,
    )
  })

  it('needs its whole text', async () => {
    vi.stubEnv('RUNSHEET_AGE_IDENTITY', identity)
    await expect(read('all: { hosts: { a: { k: !age nonsense } } }')).rejects.toThrow(
      'hosts.yml:1:30: k: it cannot be decrypted with age: invalid header',
    )
  })
})
