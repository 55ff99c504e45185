import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer, type StartedTestContainer } from 'testcontainers'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { installLibraries } from '../support/packages.ts'

// Of heartbeat Debian's own build is packaged here: see lab/rpm/README.md.

/** What the specs name, as Debian calls it. */
const BUILD = [
  ...[
    'rpm',
    'createrepo-c',
    'curl',
    'gcc',
    'make',
    'autoconf',
    'automake',
    'libtool',
    'libtool-bin',
    'pkg-config',
  ],
  ...['libglib2.0-dev', 'libxml2-dev', 'libltdl-dev', 'uuid-dev', 'libbz2-dev', 'libaio-dev', 'gettext'],
  ...['bzip2', 'xz-utils'],
]

const folder = mkdtempSync(join(tmpdir(), 'runsheet-rpm-'))
const repository = join(folder, 'repository')
let container: StartedTestContainer

beforeAll(async () => {
  installLibraries(BUILD)
  execFileSync('lab/rpm/build.sh', ['--with-debian-heartbeat', repository], { stdio: 'pipe' })
  declareBase()
  container = await new GenericContainer(inject('contract').image)
    .withCommand(['sleep', '3600'])
    .withCopyDirectoriesToContainer([{ source: repository, target: '/srv/heartbeat' }])
    // Of what the empty package claims, the container lacks this one.
    .withCopyFilesToContainer([
      { source: '/usr/lib/x86_64-linux-gnu/libltdl.so.7', target: '/usr/lib64/libltdl.so.7' },
    ])
    .start()
})
afterAll(async () => {
  await container?.stop({ timeout: 0 })
  rmSync(folder, { recursive: true })
})

/** The container's system is dpkg's, of which rpm knows nothing: an empty package says for it what it has. */
function declareBase(): void {
  const packages = execFileSync('find', [repository, '-name', '*.rpm'], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const tell = (question: string) =>
    execFileSync('rpm', ['-qp', question, ...packages], { encoding: 'utf8' })
      .trim()
      .split('\n')
  const ours = new Set(tell('--provides').map((line) => line.split(' ')[0]))
  const missing = tell('--requires').filter((line) => {
    const [name = ''] = line.split(' ')
    return !ours.has(name) && !name.startsWith('rpmlib(')
  })
  const provides = [...new Set(missing)]
    .map((line) => `Provides: ${line.replace(/ [<>]=? /, ' = ')}\n`)
    .join('')
  const spec = join(folder, 'base.spec')
  writeFileSync(
    spec,
    `Name: base\nVersion: 1\nRelease: 1\nSummary: what the container has\nLicense: none\nBuildArch: noarch\n${provides}%description\n%files\n`,
  )
  execFileSync('rpmbuild', [
    '-bb',
    '--quiet',
    '--define',
    `_rpmdir ${repository}`,
    '--define',
    `_topdir ${folder}`,
    spec,
  ])
  execFileSync('createrepo_c', ['--quiet', repository])
}

async function run(command: string): Promise<string> {
  const { exitCode, output } = await container.exec(['sh', '-c', command])
  if (exitCode !== 0) throw new Error(`${command}: exit code ${exitCode}\n${output}`)
  return output.trim()
}

const DNF = 'dnf -y -q --disablerepo=* --enablerepo=heartbeat'

test('dnf installs heartbeat with all that it is made of, from a local repository', async () => {
  await run(
    "printf '[heartbeat]\\nname=heartbeat\\nbaseurl=file:///srv/heartbeat\\ngpgcheck=0\\n' >/etc/yum.repos.d/heartbeat.repo",
  )
  await run(`${DNF} install heartbeat drbddisk`)
  expect((await run('rpm -q heartbeat cluster-glue drbddisk')).split('\n')).toEqual([
    expect.stringMatching(/^heartbeat-3\.0\.6-1/),
    expect.stringMatching(/^cluster-glue-1\.0\.12-1/),
    expect.stringMatching(/^drbddisk-1\.0-1/),
  ])
  expect(await run('rpm -V heartbeat cluster-glue drbddisk || :')).not.toMatch(/missing/)
})

test('what the playbooks call is where the table of platforms says', async () => {
  const paths = [
    '/usr/libexec/heartbeat/ipfail',
    '/usr/libexec/heartbeat/heartbeat',
    '/usr/share/heartbeat/hb_takeover',
    '/usr/share/heartbeat/hb_standby',
    '/etc/ha.d/resource.d/drbddisk',
    '/usr/sbin/stonith',
    '/usr/bin/cl_status',
  ]
  await run(`for path in ${paths.join(' ')}; do [ -x $path ] || { echo $path; exit 1; }; done`)
  expect(await run('stat -c "%a %G" /usr/bin/cl_status')).toBe('2755 haclient')
  expect(await run('id -gn hacluster')).toBe('haclient')
})

test('the programs of cluster-glue run: it knows its STONITH devices', async () => {
  const known = await run('LD_LIBRARY_PATH=/usr/lib64 stonith -L')
  expect(known).toContain('external/ipmi')
  expect(known).toContain('external/libvirt')
  expect(known).not.toMatch(/external\/ssh/)
})

test('drbddisk says what heartbeat reads, and dnf takes it all away again', async () => {
  await run(`printf '#!/bin/sh\\necho Secondary/Primary\\n' >/usr/sbin/drbdadm; chmod +x /usr/sbin/drbdadm`)
  expect(await run('/etc/ha.d/resource.d/drbddisk r0 status')).toBe('stopped')
  await run('dnf -y -q remove heartbeat drbddisk cluster-glue')
  expect(await run('rpm -q heartbeat || :')).toMatch(/not installed/)
})
