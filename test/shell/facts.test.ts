import { readFileSync, writeFileSync } from 'node:fs'
import { arch, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as facts from '../../lib/facts.ts'
import { raw, type Shell } from '../../lib/shell/sh.ts'
import type { Session } from '../../lib/transport/session.ts'
import { frames, openFolder, openShell, SHELLS } from '../support/shells.ts'

/** Release files as these systems ship them, cut to what is read; the words of osFamily and osRelease. */
const SYSTEMS = [
  [
    'os-release',
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
    'debian',
    'debian 12',
  ],
  ['os-release', 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n', 'debian', 'ubuntu 24.04'],
  ['os-release', 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\n', 'redhat', 'rocky 9.3'],
  [
    'os-release',
    'NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"\n',
    'redhat',
    'centos-stream 9',
  ],
  [
    'os-release',
    'NAME="CentOS Linux"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="8"\n',
    'redhat',
    'centos 8',
  ],
  ['os-release', 'ID=fedora\nVERSION_ID=40\n', 'redhat', 'fedora 40'],
  [
    'os-release',
    'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n',
    'suse',
    'opensuse-leap 15.6',
  ],
  ['os-release', "ID='alpine'\nVERSION_ID=3.20.1\n", 'alpine', 'alpine 3.20.1'],
  ['os-release', 'ID=arch\nBUILD_ID=rolling\n', 'arch', 'arch'],
  ['redhat-release', 'CentOS release 5.11 (Final)\n', 'redhat', 'centos 5.11'],
  ['redhat-release', 'Red Hat Enterprise Linux Server release 6.10 (Santiago)\n', 'redhat', 'rhel 6.10'],
] as const

describe.each(SHELLS)('$name', ({ command }) => {
  let session: Session
  let folder: string
  beforeAll(async () => {
    folder = openFolder()
    session = await openShell(command, folder)
  })
  afterAll(() => session.close())

  const ask = async (run: Shell) => {
    const [frame] = await frames(session, [{ kind: 'ask', name: 'fact', run }])
    return { said: frame?.stdout, exitCode: frame?.words.at(-1), stderr: frame?.stderr }
  }
  /** The same question with files of another system below this folder. */
  const elsewhere = ({ text }: Shell) => raw(text.replaceAll('/etc/', `${folder}/`))

  test.each(SYSTEMS)('%s %j is %s, %s', async (file, content, family, name) => {
    writeFileSync(join(folder, file), content)
    expect(await ask(elsewhere(facts.osFamily))).toEqual({ said: `${family}\n`, exitCode: '0', stderr: '' })
    expect(await ask(elsewhere(facts.osRelease))).toEqual({ said: `${name}\n`, exitCode: '0', stderr: '' })
    await ask(raw(`rm ${join(folder, file)}`))
  })

  test('a system that says nothing of itself is unknown', async () => {
    expect(await ask(elsewhere(facts.osFamily))).toMatchObject({ said: '', exitCode: '75' })
  })

  test('this machine is told as Node tells it', async () => {
    expect((await ask(facts.kernel)).said).toBe(`${release()}\n`)
    expect((await ask(facts.architecture)).said).toBe(`${arch() === 'x64' ? 'x86_64' : 'aarch64'}\n`)
    expect(Number((await ask(facts.memory)).said) * 1024).toBe(totalmem())
    expect((await ask(facts.packageManager)).said).toBe('apt\n')
    expect((await ask(facts.serviceManager)).said).toMatch(/^(systemd|openrc|upstart|sysv)\n$/)
    expect((await ask(facts.osRelease)).said).toContain(
      /^ID=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1],
    )
  })

  test('a card has its address, or none can be told', async () => {
    const { said, exitCode } = await ask(facts.addressOf('lo'))
    expect([`127.0.0.1/8\n 0`, ' 75', '\n 0']).toContain(`${said} ${exitCode}`)
    expect(await ask(facts.addressOf("no'such"))).toMatchObject({ said: '', exitCode: '75' })
  })

  test('a condition holds for one of its values', async () => {
    const is = (...values: [string, ...string[]]) => ask(facts.factIs(raw('echo debian'), ...values).test)
    expect((await is('debian')).exitCode).toBe('0')
    expect((await is('redhat', 'debian')).exitCode).toBe('0')
    expect((await is('deb*', "it's")).exitCode).toBe('1')
    expect((await ask(facts.factIs(raw('exit 75'), 'x').test)).exitCode).toBe('75')
  })
})
