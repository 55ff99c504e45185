import { describe, expect, it } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { canonical } from '../../../lib/resource/state.ts'
import { archive, git, locale, seBoolean, seContext } from '../../../lib/resources/index.ts'

const TAR = new URL('../../contract/files/app.tar.gz', import.meta.url)
const HERE = new URL(import.meta.url)
const sha256 = 'ab'.repeat(32)
const packed = { path: '/opt/app', source: '/tmp/app.tgz', sha256 }
const checkout = { path: '/opt/tools', repository: 'https://example.org/tools.git' }

describe('what is expected', () => {
  it.each<[string, Task, string]>([
    ['an archive of the target', archive(packed), `archive ${sha256}\nfiles intact`],
    [
      'an archive of the controller, by its own checksum',
      archive({ path: '/opt/app', file: TAR }),
      'archive 7be0a39fcdfd0cabbadf9359469bb1bb9e71f2beac5e84d3c1fc536fee2ec0d9\nfiles intact',
    ],
    ['a checkout', git(checkout), `repository ${checkout.repository}\ncommit of HEAD\nchanges none`],
    [
      'a signed checkout',
      git({ ...checkout, ref: 'v1', signed: true }),
      `repository ${checkout.repository}\ncommit of v1\nchanges none\nsigned yes`,
    ],
    ['a locale', locale({ name: 'de_DE.UTF-8' }), 'available yes'],
    [
      'the default locale',
      locale({ name: 'ca_ES.UTF-8@valencia', systemDefault: true }),
      'available yes\ndefault ca_ES.UTF-8@valencia',
    ],
    ['a boolean of SELinux', seBoolean({ name: 'b', value: false }), 'live no\npersistent no'],
    ['a context of SELinux', seContext({ path: '/srv', type: 'var_t' }), 'rule var_t\nlabels right'],
  ])('%s', (_, task, expected) => {
    expect(task.problems).toEqual([])
    expect(canonical(task.expect)).toBe(expected)
  })
})

describe('what is wrong with a wish', () => {
  it.each<[Task, RegExp]>([
    [archive({ ...packed, path: 'opt' }), /absolute: opt/],
    [archive({ ...packed, source: 'app.tgz' }), /absolute: app.tgz/],
    [archive({ path: '/opt' }), /on the target \(source\) or here \(file\)/],
    [archive({ ...packed, file: TAR }), /on the target \(source\) or here \(file\)/],
    [archive({ path: '/opt', source: '/tmp/app.tgz' }), /has a sha256/],
    [archive({ ...packed, source: '/tmp/app.rpm' }), /no tar or zip/],
    [archive({ ...packed, source: '/tmp/app.zip', strip: 1 }), /for tar alone/],
    [archive({ ...packed, strip: -1 }), /strip/],
    [archive({ path: '/opt', file: TAR, sha256 }), /another checksum than abab/],
    [archive({ path: '/opt', file: '/missing.tar' }), /cannot read the archive \/missing.tar/],
    [archive({ path: '/opt', file: HERE }), /no tar or zip/],
    [git({ ...checkout, path: 'x' }), /absolute/],
    [git({ ...checkout, repository: '--upload-pack=x' }), /no repository/],
    [git({ ...checkout, repository: 'https://me:word@example.org/x' }), /a password in a URL/],
    [git({ ...checkout, ref: '-f' }), /no branch, tag or commit: -f/],
    [git({ ...checkout, ref: 'a..b' }), /no branch/],
    [git({ ...checkout, ref: 'a b' }), /no branch/],
    [git({ ...checkout, ref: 'a^{commit}' }), /no branch/],
    [locale({ name: 'german' }), /no locale: german/],
    [locale({ name: 'de_DE' }), /no locale/],
    [seBoolean({ name: 'a b', value: true }), /no boolean/],
    [seContext({ path: '/srv/a b', type: 'var_t' }), /without blanks/],
    [seContext({ path: '/srv', type: 'var' }), /no type of SELinux: var/],
  ])('%#: $1', (task, problem) => {
    expect(task.problems.join('\n')).toMatch(problem)
    expect(task.apply.text).toBe('')
  })
})

describe('what the shell text says', () => {
  it('asks nothing of the network for a commit', () => {
    expect(git({ ...checkout, ref: 'a'.repeat(40) }).probe.text).not.toContain('ls-remote')
    expect(git({ ...checkout, ref: 'main' }).probe.text).toContain('refs/heads/main refs/tags/main')
  })

  it('throws changes away only where it is told to', () => {
    expect(git(checkout).apply.text).not.toContain('checkout -q -f')
    expect(git({ ...checkout, discard: true }).apply.text).toContain('checkout -q -f')
  })

  it('quotes a path for the expressions of semanage(8)', () => {
    const { text } = seContext({ path: '/srv/a.b(c)', type: 'var_t', recursive: true }).apply
    expect(text).toContain(`-t var_t '/srv/a\\.b\\(c\\)(/.*)?'`)
  })
})
