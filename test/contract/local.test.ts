import { existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { beforeEach, describe, expect, it } from 'vitest'
import { canonical } from '../../lib/resource/state.ts'
import { blockInFile, command, directory, file, lineInFile, symlink } from '../../lib/resources/index.ts'
import { Secret } from '../../lib/secret.ts'
import { sh } from '../../lib/shell/sh.ts'
import { text } from '../../lib/shell/text.ts'
import {
  converges,
  HOSTILE,
  HOSTILE_NAMES,
  type Host,
  makeHost,
  refuses,
  SHELLS,
  snapshot,
  staysAsItIs,
} from './host.ts'

// The contract of every resource that needs nothing but files, in the shells and with the tools of targets.

const EVERYTHING = HOSTILE.join(' ')
const mode = (host: Host, name: string) => (statSync(host.at(name)).mode & 0o7777).toString(8)

describe.each(SHELLS)('with $name', (shell) => {
  let host: Host
  beforeEach(() => {
    host = makeHost(shell)
  })

  describe('file', () => {
    it.each(HOSTILE)('makes one with the name and the content %j', (name) => {
      converges(host, file({ path: host.at(name), content: name, mode: '0640' }))
      expect(host.read(name)).toBe(name)
      expect(existsSync(host.at('owned'))).toBe(false)
    })

    it.each([
      ['nothing', ''],
      ['no newline at the end', 'a\nb'],
      ['newlines at the end', 'a\n\n\n'],
      ['all that is hostile', `${HOSTILE.join('\n')}\n`],
      ['a here-document', "cat <<'END'\nEND\nEND_\n"],
      ['many bytes', '0123456789\n'.repeat(20_000)],
    ])('writes %s', (_, content) => {
      host.write('f', 'before')
      converges(host, file({ path: host.at('f'), content }))
      expect(host.read('f')).toBe(content)
    })

    it('keeps what is not asked for', () => {
      host.write('f', 'old', 0o4751)
      converges(host, file({ path: host.at('f'), content: 'new' }))
      expect(mode(host, 'f')).toBe('4751')
    })

    it('gives a new file 0644, and 0600 where it holds a secret', () => {
      const key = new Secret('key', EVERYTHING)
      converges(host, file({ path: host.at('plain'), content: 'x' }))
      converges(host, file({ path: host.at('secret'), content: text`a$b \`c\` \\ ${key}\n` }))
      converges(host, file({ path: host.at('whole'), content: key }))
      expect([mode(host, 'plain'), mode(host, 'secret'), mode(host, 'whole')]).toEqual(['644', '600', '600'])
      expect(host.read('secret')).toBe(`a$b \`c\` \\ ${EVERYTHING}\n`)
      expect(host.read('whole')).toBe(EVERYTHING)
    })

    it('puts the mode alone right', () => {
      host.write('f', 'kept', 0o600)
      converges(host, file({ path: host.at('f'), mode: '4755' }))
      expect(host.read('f')).toBe('kept')
    })

    it('makes an empty file where no content is asked for', () => {
      converges(host, file({ path: host.at('f'), mode: '600' }))
      expect(host.read('f')).toBe('')
    })

    it('knows the owner by name and by number', () => {
      const { uid = 0, gid = 0, username } = { ...process, ...userInfo() }
      host.write('f', 'x')
      const wish = { path: host.at('f'), content: 'x', mode: '0644' }
      staysAsItIs(host, file({ ...wish, owner: username }))
      staysAsItIs(host, file({ ...wish, owner: String(uid), group: String(gid) }))
    })

    it.runIf(process.getuid?.() === 0)('gives it to another owner, and the mode survives', () => {
      host.write('f', 'x', 0o644)
      const wish = { path: host.at('f'), mode: '4755', owner: '65534', group: '65534' }
      converges(host, file(wish))
      host.write('f', 'y', 0o644)
      converges(host, file({ ...wish, content: 'x' }))
      host.write('f', 'z', 0o644)
      converges(host, file({ path: host.at('f'), content: 'x' }))
      expect(lstatSync(host.at('f'))).toMatchObject({ uid: 65534, gid: 65534 })
    })

    it('takes the place of a link, and leaves what that points to', () => {
      host.write('target', 'x')
      host.link('f', 'target')
      converges(host, file({ path: host.at('f'), content: 'new' }))
      expect(host.read('target')).toBe('x')
    })

    it('removes a file or a link, never a directory', () => {
      host.write('f', 'x')
      host.link('link', 'f')
      mkdirSync(host.at('d'))
      converges(host, file({ path: host.at('link'), absent: true }))
      converges(host, file({ path: host.at('f'), absent: true }))
      refuses(host, file({ path: host.at('d'), absent: true }), /d is no file: remove it by hand/)
    })

    it('refuses a directory, a link to one, and a link whose content is not its own', () => {
      mkdirSync(host.at('d'))
      host.link('link', 'd')
      refuses(host, file({ path: host.at('d'), content: 'x' }), /d is there and is no file/)
      refuses(host, file({ path: host.at('link'), content: 'x' }), /link is there and is no file/)
      refuses(host, file({ path: host.at('d'), mode: '0600' }), /d is there and is no file/)
      refuses(host, file({ path: host.at('link'), mode: '0600' }), /symbolic link/)
      refuses(host, file({ path: host.at('missing/f'), content: 'x' }), /missing/)
    })

    it('leaves no temporary file where it fails', () => {
      host.write('f', 'x')
      const task = file({ path: host.at('f'), content: 'y', owner: 'nobody-at-all' })
      refuses(host, task, /nobody-at-all/)
      host.tool('mv', 'kill -TERM $PPID; exit 1')
      expect(host.apply(file({ path: host.at('f'), content: 'y' })).code).not.toBe(0)
      expect(readdirSync(host.root).sort()).toEqual(['bin', 'f'])
    })

    it('shows the text', () => {
      host.write('f', 'a\nb')
      const shown = file({ path: host.at('f'), content: 'x' }).text
      expect(host.run(shown?.current.text ?? '')).toMatchObject({ code: 0, stdout: 'a\nb' })
      expect(shown?.desired.reveal()).toBe('x')
    })
  })

  describe('directory', () => {
    it.each(HOSTILE_NAMES)('makes one with its parents, called %j', (name) => {
      converges(host, directory({ path: host.at(`a/${name}/c`), mode: '2750' }))
      expect(existsSync(host.at('owned'))).toBe(false)
    })

    it('puts the mode alone right', () => {
      host.write('d/f', 'kept', 0o640)
      converges(host, directory({ path: host.at('d'), mode: '0700' }))
      expect([mode(host, 'd/f'), host.read('d/f')]).toEqual(['640', 'kept'])
    })

    it('takes a link to a directory, and refuses a file and a link to nothing', () => {
      mkdirSync(host.at('d'))
      host.link('link', 'd')
      host.link('nowhere', 'missing')
      host.write('f', 'x')
      staysAsItIs(host, directory({ path: host.at('link') }))
      converges(host, directory({ path: host.at('link'), mode: '0711' }))
      refuses(host, directory({ path: host.at('f') }), /f is there and is no directory/)
      refuses(host, directory({ path: host.at('nowhere') }), /nowhere/)
    })
  })

  describe('symlink', () => {
    it.each(HOSTILE)('makes one of the name and the target %j', (name) => {
      host.link(name, 'old')
      converges(host, symlink({ path: host.at(name), target: name }))
      expect(existsSync(host.at('owned'))).toBe(false)
    })

    it('turns a link to a directory, not a file in it', () => {
      mkdirSync(host.at('old'))
      host.link('link', 'old')
      converges(host, symlink({ path: host.at('link'), target: 'new' }))
      expect(readdirSync(host.at('old'))).toEqual([])
    })

    it('takes the place of an empty directory, and of nothing that holds data', () => {
      mkdirSync(host.at('empty'))
      host.write('full/f', 'x')
      converges(host, symlink({ path: host.at('empty'), target: 'full' }))
      refuses(
        host,
        symlink({ path: host.at('full'), target: 'x' }),
        /full is a directory in the place of a link/,
      )
      refuses(host, symlink({ path: host.at('full/f'), target: 'x' }), /f is a file in the place of a link/)
    })
  })

  describe('lineInFile', () => {
    const SSHD = 'Port 22\n#PermitRootLogin yes\nPermitRootLogin yes\nBanner none'
    const root = { line: 'PermitRootLogin no', match: '^#?PermitRootLogin[[:space:]]' }

    it('replaces the first that matches, and leaves one', () => {
      host.write('c', SSHD, 0o600)
      converges(host, lineInFile({ path: host.at('c'), ...root }))
      expect(host.read('c')).toBe('Port 22\nPermitRootLogin no\nBanner none\n')
      expect(mode(host, 'c')).toBe('600')
    })

    it('counts a line that is there already', () => {
      host.write('c', 'PermitRootLogin no\nPort 22\nPermitRootLogin yes\n')
      converges(host, lineInFile({ path: host.at('c'), ...root }))
      expect(host.read('c')).toBe('PermitRootLogin no\nPort 22\n')
    })

    it.each(HOSTILE.filter((one) => !one.includes('\n')))('adds, knows and removes the line %j', (line) => {
      host.write('c', `first\n${line}x\nx${line}`)
      converges(host, lineInFile({ path: host.at('c'), line }))
      expect(host.read('c')).toBe(`first\n${line}x\nx${line}\n${line}\n`)
      converges(host, lineInFile({ path: host.at('c'), line, absent: true }))
      expect(host.read('c')).toBe(`first\n${line}x\nx${line}\n`)
    })

    it('replaces one among hostile lines', () => {
      const others = HOSTILE.filter((one) => !one.includes('\n')).join('\n')
      host.write('c', `${others}\n1:x\n12:y=1\n`)
      const line = '12:y=\\$[2]^{3}|(4)?*+.'
      converges(host, lineInFile({ path: host.at('c'), line, match: '^12:' }))
      expect(host.read('c')).toBe(`${others}\n1:x\n${line}\n`)
    })

    it('makes a file that is missing', () => {
      converges(host, lineInFile({ path: host.at('c'), line: 'x' }))
      staysAsItIs(host, lineInFile({ path: host.at('d'), line: 'x', absent: true }))
      expect([host.read('c'), mode(host, 'c')]).toEqual(['x\n', '644'])
    })

    it('refuses a link, and tells of a bad expression', () => {
      host.write('c', 'x\n')
      host.link('link', 'c')
      refuses(host, lineInFile({ path: host.at('link'), line: 'y' }), /symbolic link/)
      const task = lineInFile({ path: host.at('c'), line: 'y', match: '(' })
      expect(host.run(task.probe.text)).toMatchObject({ code: 2, stdout: '' })
    })
  })

  describe('blockInFile', () => {
    const marker = '# {mark} runsheet $(touch owned) \\n'
    const [begin, end] = [marker.replace('{mark}', 'BEGIN'), marker.replace('{mark}', 'END')]

    it('adds, changes and removes a block', () => {
      host.write('c', 'a\n\nb', 0o600)
      converges(host, blockInFile({ path: host.at('c'), marker, block: '1\n' }))
      converges(host, blockInFile({ path: host.at('c'), marker, block: EVERYTHING }))
      host.write('c', `${host.read('c')}c\n`, 0o600)
      expect(host.read('c')).toBe(`a\n\nb\n${begin}\n${EVERYTHING}\n${end}\nc\n`)
      converges(host, blockInFile({ path: host.at('c'), marker, block: '2' }))
      expect(host.read('c')).toBe(`a\n\nb\n${begin}\n2\n${end}\nc\n`)
      converges(host, blockInFile({ path: host.at('c'), marker, block: '', absent: true }))
      expect(host.read('c')).toBe('a\n\nb\nc\n')
      expect([mode(host, 'c'), existsSync(host.at('owned'))]).toEqual(['600', false])
    })

    it('makes a file that is missing, and leaves an empty block', () => {
      converges(host, blockInFile({ path: host.at('c'), marker, block: '' }))
      expect(host.read('c')).toBe(`${begin}\n${end}\n`)
      staysAsItIs(host, blockInFile({ path: host.at('d'), marker, block: '', absent: true }))
    })

    it('writes a secret', () => {
      const block = text`key ${new Secret('key', EVERYTHING)}`
      converges(host, blockInFile({ path: host.at('c'), marker, block }))
      expect(host.read('c')).toBe(`${begin}\nkey ${EVERYTHING}\n${end}\n`)
    })

    it('leaves one of two blocks of the same name', () => {
      host.write('c', `${begin}\n1\n${end}\nx\n${begin}\n1\n${end}\n`)
      converges(host, blockInFile({ path: host.at('c'), marker, block: '1' }))
      expect(host.read('c')).toBe(`${begin}\n1\n${end}\nx\n`)
    })

    it('refuses to swallow the rest of a file whose block has no end', () => {
      host.write('c', `a\n${begin}\n1\nb\n`)
      refuses(host, blockInFile({ path: host.at('c'), marker, block: '1' }), /without its end: # BEGIN/)
    })

    it('shows the text', () => {
      host.write('c', `a\n${begin}\n1\n${end}\n`)
      const shown = blockInFile({ path: host.at('c'), marker, block: '2' }).text
      expect(host.run(shown?.current.text ?? '')).toMatchObject({ stdout: `${begin}\n1\n${end}\n` })
      expect(shown?.desired.reveal()).toBe(`${begin}\n2\n${end}\n`)
    })
  })

  describe('command', () => {
    const make = (name: string) => {
      const path = host.at(name)
      return command({ name, run: sh`echo made > ${path}`, unless: sh`echo noise; [ -e ${path} ]` })
    }

    it.each(HOSTILE_NAMES)('runs unless it is done: %j', (name) => converges(host, make(name)))

    it('cannot tell where its question cannot', () => {
      const task = command({ name: 'x', run: sh`:`, unless: sh`echo why >&2; exit 75` })
      expect(host.run(task.probe.text)).toEqual({ code: 75, stdout: '', stderr: 'why\n' })
    })

    it('is not done where its question fails in any other way', () => {
      const task = command({ name: 'x', run: sh`:`, unless: sh`exit 3` })
      expect(host.probe(task)).toBe('done no')
    })
  })

  it('a drifted field is the only one fixed', () => {
    const content = 'x\n'
    host.write('f', content, 0o600)
    const wish = { path: host.at('f'), content, mode: '0640' }
    const before = snapshot(host.root)
    converges(host, file(wish))
    expect(snapshot(host.root)).toEqual({ ...before, f: before.f?.replace(/600/, '640') })
    expect(canonical(file(wish).expect)).toMatch(/^kind file\nmode 0640\ncontent [0-9a-f]{64}$/)
  })
})
