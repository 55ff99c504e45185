import { describe, expect, it } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { canonical } from '../../../lib/resource/state.ts'
import { authorizedKey, knownHost } from '../../../lib/resources/index.ts'
import { parsePublicKey } from '../../../lib/resources/ssh-keys.ts'
import { ECDSA, ED25519, OTHER_ED25519 } from '../../support/keys.ts'

const BLOB = ED25519.split(' ')[1]
const user = 'u'
const host = 'h'

describe('a public key', () => {
  it.each([
    [`${ED25519} me and more \n`, { type: 'ssh-ed25519', blob: BLOB, comment: 'me and more' }],
    [ED25519, { type: 'ssh-ed25519', blob: BLOB, comment: '' }],
    [`ssh-rsa ${BLOB}`, undefined],
    [ED25519.slice(0, 40), undefined],
    [`restrict ${ED25519}`, undefined],
    ['ssh-ed25519', undefined],
    ['ssh-ed25519 AAAA', undefined],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', undefined],
  ])('%#: is read from its line', (line, key) => {
    expect(parsePublicKey(line)).toEqual(key)
  })
})

describe('what is expected', () => {
  it.each<[string, Task, string]>([
    [
      'keys with what they may do',
      authorizedKey({ user, keys: [`${ED25519} me`, ECDSA], options: 'from="a b",no-pty' }),
      `key1 from="a b",no-pty ${ED25519} me\nkey2 from="a b",no-pty ${ECDSA}\nfolder 0700 u\nfile 0600 u`,
    ],
    [
      'no other keys',
      authorizedKey({ user, keys: ED25519, exclusive: true }),
      `key1 ${ED25519}\nothers none\nfolder 0700 u\nfile 0600 u`,
    ],
    ['no such key', authorizedKey({ user, keys: ED25519, absent: true }), 'key1 absent'],
    ['the keys of a host', knownHost({ host, keys: [ED25519, ECDSA] }), `${ED25519}\n${ECDSA}\nothers none`],
    [
      'a hidden name',
      knownHost({ host, keys: ED25519, hashed: true }),
      `${ED25519}\nothers none\nhashed yes`,
    ],
    ['no key of a host', knownHost({ host, keys: [], absent: true }), 'others none'],
  ])('%s', (_, task, expected) => {
    expect(task.problems).toEqual([])
    expect(canonical(task.expect)).toBe(expected)
  })

  it('names a key by its comment, and a host by its port', () => {
    expect(authorizedKey({ user, keys: [`${ED25519} me`, ECDSA] }).id).toMatch(/^u: me, ….{12}$/)
    const path = '/root/.ssh/known_hosts'
    expect(knownHost({ host: 'Node2', port: 2222, keys: ED25519, path }).id).toBe(`${path}: [node2]:2222`)
    expect(knownHost({ host: 'Node2', keys: ED25519 }).id).toBe('/etc/ssh/ssh_known_hosts: node2')
  })
})

describe('what is wrong with a wish', () => {
  it.each<[Task, RegExp]>([
    [authorizedKey({ user: '-u', keys: ED25519 }), /no user can be called -u/],
    [authorizedKey({ user, keys: [] }), /no key is named/],
    [authorizedKey({ user, keys: ['ssh-rsa abc'] }), /no public key: ssh-rsa abc/],
    [
      authorizedKey({ user, keys: ['-----BEGIN OPENSSH PRIVATE KEY-----\nsecret'] }),
      /no public key: -----BEGIN OPENSSH PRIVA…$/,
    ],
    [authorizedKey({ user, keys: ED25519, options: 'no-pty, no-X11' }), /options are one line/],
    [authorizedKey({ user, keys: ED25519, options: 'command="a' }), /options are one line/],
    [authorizedKey({ user, keys: ED25519, options: 'command="a\nb"' }), /options are one line/],
    [authorizedKey({ user, keys: ED25519, absent: true, exclusive: true }), /neither exclusive/],
    [knownHost({ host: 'a b', keys: ED25519 }), /no host can be called a b/],
    [knownHost({ host, keys: [] }), /no key of h is named/],
    [knownHost({ host, port: 0, keys: ED25519 }), /no port: 0/],
    [knownHost({ host, keys: [ED25519, OTHER_ED25519] }), /two keys of one type/],
    [knownHost({ host, keys: 'nonsense' }), /no public key: nonsense/],
    [knownHost({ host, keys: ED25519, path: 'known_hosts' }), /absolute/],
  ])('%#: $1', (task, problem) => {
    expect(task.problems.join('\n')).toMatch(problem)
    expect(task.apply.text).toBe('')
  })
})
