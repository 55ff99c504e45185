import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fingerprint, hostKeyAlgorithms } from '../../../lib/transport/host-key.ts'
import { hostField, judgeKey, knownKeyTypes, parseKnownHosts } from '../../../lib/transport/known-hosts.ts'

/** A blob as RFC 4253 has it: the length of the type's name, the name, and something. */
function blob(type: string, body = 'body'): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return Buffer.concat([length, Buffer.from(type + body)])
}

const ED = blob('ssh-ed25519')
const RSA = blob('ssh-rsa')
const KEY = `ssh-ed25519 ${ED.toString('base64')}`
const OTHER = `ssh-ed25519 ${blob('ssh-ed25519', 'other').toString('base64')}`
const RSA_KEY = `ssh-rsa ${RSA.toString('base64')}`

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdef0123')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

const judge = (text: string, address = 'web1.example.org', port = 22, key = ED) =>
  judgeKey(parseKnownHosts(text), { address, port }, key)

describe('a key is', () => {
  test.each([
    ['known by its name', `web1.example.org ${KEY}`, 'known'],
    ['known among several names', `other,web1.example.org,10.0.0.1 ${KEY}`, 'known'],
    ['known whatever the case', `Web1.Example.ORG ${KEY}`, 'known'],
    ['known by a pattern', `*.example.org ${KEY}`, 'known'],
    ['known by a question mark', `web?.example.org ${KEY}`, 'known'],
    ['known with a comment', `web1.example.org ${KEY} root@web1`, 'known'],
    ['known with tabs and blanks around', `  web1.example.org\t${KEY}  `, 'known'],
    ['known in a file with carriage returns', `web1.example.org ${KEY}\r\n`, 'known'],
    ['known by a hashed name', `${hashed('web1.example.org')} ${KEY}`, 'known'],
    ['known by one of two keys', `web1.example.org ${OTHER}\nweb1.example.org ${KEY}`, 'known'],
    ['unknown in an empty file', '', 'unknown'],
    ['unknown where the line is a comment', `# web1.example.org ${KEY}`, 'unknown'],
    ['unknown where the line is cut', 'web1.example.org ssh-ed25519', 'unknown'],
    ['unknown under another name', `web2.example.org ${KEY}`, 'unknown'],
    ['unknown: a question mark is one character', `web1?.example.org ${KEY}`, 'unknown'],
    ['unknown: the name is excluded', `*.example.org,!web1.example.org ${KEY}`, 'unknown'],
    ['unknown: an exclusion alone names nobody', `!web2.example.org ${KEY}`, 'unknown'],
    ['unknown: another hash', `${hashed('web2.example.org')} ${KEY}`, 'unknown'],
    [
      'unknown: a hash of a version to come',
      `${hashed('web1.example.org').replace('|1|', '|2|')} ${KEY}`,
      'unknown',
    ],
    ['unknown: only a key of another type is known', `web1.example.org ${RSA_KEY}`, 'unknown'],
    ['unknown: known on another port', `[web1.example.org]:2222 ${KEY}`, 'unknown'],
    ['certified: an authority is no key', `@cert-authority web1.example.org ${KEY}`, 'certified'],
    ['certified: known by an authority alone', `@cert-authority *.example.org ${OTHER}`, 'certified'],
    ['known beside an authority', `@cert-authority *.example.org ${OTHER}\nweb1.example.org ${KEY}`, 'known'],
    ['unknown: the authority of others', `@cert-authority *.example.net ${OTHER}`, 'unknown'],
    ['unknown: a marker to come', `@new web1.example.org ${KEY}`, 'unknown'],
    ['changed', `web1.example.org ${OTHER}`, 'changed'],
    ['changed, by a hashed name', `${hashed('web1.example.org')} ${OTHER}`, 'changed'],
    ['revoked', `@revoked web1.example.org ${KEY}`, 'revoked'],
    ['revoked everywhere', `web1.example.org ${KEY}\n@revoked * ${KEY}`, 'revoked'],
    ['unknown: another key is revoked', `@revoked * ${OTHER}`, 'unknown'],
  ])('%s', (_, text, verdict) => {
    expect(judge(text)).toBe(verdict)
  })

  test.each([
    ['known by its port', `[web1.example.org]:2222 ${KEY}`, 'known'],
    ['known by a hashed name with its port', `${hashed('[web1.example.org]:2222')} ${KEY}`, 'known'],
    ['known by its name alone, as OpenSSH falls back', `web1.example.org ${KEY}`, 'known'],
    ['unknown, not changed, by its name alone', `web1.example.org ${OTHER}`, 'unknown'],
    ['certified by its name alone', `@cert-authority web1.example.org ${OTHER}`, 'certified'],
    ['changed on its port', `[web1.example.org]:2222 ${OTHER}`, 'changed'],
    [
      'revoked by its name alone',
      `[web1.example.org]:2222 ${KEY}\n@revoked web1.example.org ${KEY}`,
      'revoked',
    ],
  ])('%s, on port 2222', (_, text, verdict) => {
    expect(judge(text, 'web1.example.org', 2222)).toBe(verdict)
  })

  test.each([
    ['a dot is no wildcard', 'web1.example.org', 'web1xexample.org'],
    ['the end of a name is another name', 'example.org', 'web1.example.org'],
    ['the beginning of a name is another name', 'web1.example', 'web1.example.org'],
  ])('unknown: %s', (_, names, address) => {
    expect(judge(`${names} ${KEY}`, address)).toBe('unknown')
  })

  test('known by an IPv6 address', () => {
    expect(judge(`fe80::1 ${KEY}`, 'fe80::1')).toBe('known')
    expect(judge(`[fe80::1]:2222 ${KEY}`, 'FE80::1', 2222)).toBe('known')
  })
})

test('a host is written with its port, unless it is 22', () => {
  expect(hostField({ address: 'Web1', port: 22 })).toBe('web1')
  expect(hostField({ address: '10.0.0.1', port: 2222 })).toBe('[10.0.0.1]:2222')
})

describe('the server is asked for', () => {
  const types = (text: string, port = 22) => knownKeyTypes(parseKnownHosts(text), { address: 'a', port })

  test.each([
    ['the types that are known', `a ${RSA_KEY}\na ${KEY}`, 22, ['ssh-rsa', 'ssh-ed25519']],
    ['none of another host', `b ${RSA_KEY}`, 22, []],
    ['none that is revoked', `@revoked a ${RSA_KEY}`, 22, []],
    ['those of the port', `a ${KEY}\n[a]:2222 ${RSA_KEY}`, 2222, ['ssh-rsa']],
    ['those of the name alone', `a ${KEY}`, 2222, ['ssh-ed25519']],
  ])('%s', (_, text, port, expected) => {
    expect(types(text, port)).toEqual(expected)
  })

  test('first, and for all others after them', () => {
    const ecdsa = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521']
    const rsa = ['rsa-sha2-512', 'rsa-sha2-256']
    expect(hostKeyAlgorithms([], false)).toEqual(['ssh-ed25519', ...ecdsa, ...rsa])
    expect(hostKeyAlgorithms(['ssh-rsa'], false)).toEqual([...rsa, 'ssh-ed25519', ...ecdsa])
    expect(hostKeyAlgorithms(['ssh-rsa'], true)).toEqual([...rsa, 'ssh-rsa', 'ssh-ed25519', ...ecdsa])
    expect(hostKeyAlgorithms(['ssh-dss'], false)).toEqual(hostKeyAlgorithms([], false))
  })
})

test('a fingerprint is written as ssh-keygen writes it', () => {
  const key = blob('ssh-ed25519', `\0\0\0 ${'k'.repeat(32)}`)
  const input = `ssh-ed25519 ${key.toString('base64')}`
  const said = execFileSync('ssh-keygen', ['-l', '-f', '-'], { input, encoding: 'utf8' })
  expect(said.split(' ')[1]).toBe(fingerprint(key))
})
