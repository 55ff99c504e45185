import { mkdirSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { CANNOT_TELL, DOES_NOT_HOLD } from '../../lib/resource/contract.ts'
import { archive, assert, authorizedKey, firewall, git, waitFor } from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { ED25519 } from '../support/keys.ts'
import { demand } from '../support/shells.ts'
import { HOSTILE, type Host, makeHost, refuses, SHELLS, snapshot, staysAsItIs } from './host.ts'

// What a resource says when it must not go on, in the shells of targets.

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  beforeEach(() => {
    host = makeHost(shell)
  })

  describe('assert', () => {
    it('holds, whatever the test does to its shell', () => {
      expect(host.probe(assert({ that: 'x', test: sh`cd /; echo noise; exit 0` }))).toBe('holds yes')
    })

    it.each(HOSTILE.map((word) => word.replaceAll('\n', '')))('fails in the words %j', (that) => {
      const before = snapshot(host.root)
      const task = assert({ that, test: sh`false`, otherwise: 'mend it' })
      expect(host.run(task.probe.text)).toEqual({
        code: DOES_NOT_HOLD,
        stdout: '',
        stderr: `does not hold: ${that}; mend it\n`,
      })
      expect(snapshot(host.root)).toEqual(before)
    })

    it('cannot tell where its test cannot', () => {
      const task = assert({ that: 'x', test: sh`echo 'no disk yet' >&2; exit ${CANNOT_TELL}` })
      expect(host.run(task.probe.text)).toEqual({ code: CANNOT_TELL, stdout: '', stderr: 'no disk yet\n' })
    })
  })

  describe('waitFor', () => {
    it('gives up after its time, and says what it waited for', () => {
      const task = waitFor({ path: host.at("it's $(never)"), timeout: 1 })
      const begin = Date.now()
      expect(host.apply(task)).toMatchObject({ code: 1, stderr: expect.stringContaining(`for ${task.id}\n`) })
      expect(Date.now() - begin).toBeGreaterThanOrEqual(1000)
    })

    it('tells a port that is closed', () => {
      host.write(
        'proc/net/tcp',
        '  sl  local_address\n   0: 00000000:0016 00000000:0000 0A\n   1: 0100007F:0050 0100007F:9999 01\n',
      )
      expect(host.probe(waitFor({ port: 22 }))).toBe('met yes')
      expect(host.probe(waitFor({ port: 80 }))).toBe('met no')
      expect(host.probe(waitFor({ port: 80, gone: true }))).toBe('met yes')
      expect(host.probe(waitFor({ port: 1, address: '127.0.0.1' }))).toBe('met no')
    })
  })

  describe('archive', () => {
    it('refuses another checksum, and what is no archive', () => {
      host.write('app.tar', 'x')
      const wish = { path: host.at('app'), source: host.at('app.tar') }
      refuses(host, archive({ ...wish, sha256: 'ab'.repeat(32) }), /app.tar has another checksum: 2d711642/)
      const broken = archive({
        ...wish,
        sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      })
      mkdirSync(host.at('app'))
      refuses(host, broken, /tar/)
    })
  })

  describe('authorizedKey', () => {
    const task = authorizedKey({ user: 'u', keys: ED25519 })
    const home = (place: string) => host.write('etc/passwd', `u:x:0:0::${host.at(place)}:/bin/sh\n`)

    it('cannot tell of a user that is not there yet, who has no key either', () => {
      home('home')
      expect(host.run(probeInside(authorizedKey({ user: 'v', keys: ED25519 })))).toMatchObject({
        code: CANNOT_TELL,
        stderr: 'there is no user v\n',
      })
      staysAsItIs(host, authorizedKey({ user: 'v', keys: ED25519, absent: true }))
    })

    it('refuses a home that is not there, and to be led elsewhere by a link', () => {
      home('home')
      refuses(host, task, /the user u has no home: make the directory .*home/)
      host.write('elsewhere/authorized_keys', '# not mine')
      mkdirSync(host.at('home'))
      host.link('home/.ssh', '../elsewhere')
      refuses(host, task, /[.]ssh is a symbolic link/)
    })

    function probeInside({ probe }: { probe: { text: string } }): string {
      return probe.text.replaceAll(' /etc/passwd', ` ${host.at('etc/passwd')}`)
    }
  })

  describe('firewall', () => {
    it('refuses nftables a configuration that would leave the next boot without a firewall', () => {
      host.write('etc/nftables.conf', 'flush ruleset\n')
      host.tool('nft', 'case "$1" in -c) echo "No such file or directory" >&2; exit 1 ;; esac')
      const task = firewall({ name: 'web', port: 80, manager: 'nftables' })
      expect(host.apply(task)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/nft would refuse .*nftables.conf/),
      })
      expect(host.read('etc/nftables.conf')).toBe('flush ruleset\n')
      expect(Object.keys(snapshot(host.root))).not.toContain('etc/nftables.d/runsheet-web.nft')
    })
  })

  describe('git', () => {
    const remote = () => host.at('remote')
    const wish = () => ({ path: host.at('checkout'), repository: remote() })
    beforeEach(() => {
      for (const [tool, from] of Object.entries({ git: 'git', 'ssh-keygen': 'openssh-client' }))
        host.link(`bin/${tool}`, demand(tool, from))
      const made = host.run(`set -e
        ssh-keygen -q -t ed25519 -N '' -f key
        printf 'a@a %s\\n' "$(cat key.pub)" > signers
        git config --global user.name a
        git config --global user.email a@a
        git config --global gpg.format ssh
        git config --global user.signingKey ${host.at('key')}
        git config --global gpg.ssh.allowedSignersFile ${host.at('signers')}
        git config --global init.defaultBranch main
        git init -q remote
        cd remote
        echo one > f; git add f; git commit -q -m one; git branch unsigned
        echo two > f; git commit -q -S -a -m two; git branch both; git tag both unsigned`)
      expect(made).toMatchObject({ code: 0 })
    })

    it('refuses changes, unless they are given up', () => {
      expect(host.apply(git(wish()))).toMatchObject({ code: 0, stderr: '' })
      host.write('checkout/f', 'mine')
      refuses(host, git(wish()), /has changes that nobody has committed; .* M f/s)
      host.write('checkout/untracked', 'kept')
      expect(host.apply(git({ ...wish(), discard: true }))).toMatchObject({ code: 0, stderr: '' })
      expect([host.read('checkout/f'), host.read('checkout/untracked')]).toEqual(['two\n', 'kept'])
    })

    it('refuses a directory with something in it, and a name of two things', () => {
      refuses(host, git({ ...wish(), path: host.at('remote/.git') }), /is not empty and no checkout/)
      expect(host.apply(git({ ...wish(), ref: 'both' }))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          'both is a branch and a tag: write refs/heads/both or refs/tags/both',
        ),
      })
      expect(host.apply(git({ ...wish(), ref: 'refs/tags/both' }))).toMatchObject({ code: 0 })
      expect(host.read('checkout/f')).toBe('one\n')
    })

    it('takes a commit that is signed, and no other', () => {
      const unsigned = git({ ...wish(), ref: 'unsigned', signed: true })
      expect(host.apply(unsigned)).toMatchObject({ code: 1, stderr: expect.stringContaining('no signature') })
      expect(host.apply(git({ ...wish(), ref: 'main', signed: true }))).toMatchObject({ code: 0 })
      expect(host.probe(git({ ...wish(), signed: true }))).toMatch(/^signed yes$/m)
    })

    it('cannot tell of a repository that does not answer, nor of a branch that is not there', () => {
      expect(host.apply(git(wish()))).toMatchObject({ code: 0 })
      expect(host.run(git({ ...wish(), ref: 'none' }).probe.text)).toMatchObject({
        code: CANNOT_TELL,
        stderr: `${remote()} has no branch and no tag none\n`,
      })
      const away = git({ ...wish(), repository: host.at('away') })
      expect(host.run(away.probe.text)).toMatchObject({
        code: CANNOT_TELL,
        stderr: expect.stringContaining('away'),
      })
    })
  })
})
