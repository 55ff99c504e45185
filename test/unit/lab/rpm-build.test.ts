import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** What of this machine `lab/rpm/build.sh` finds on one that has no dpkg. */
const TOOLS = ['dirname', 'mktemp', 'mkdir', 'grep', 'sed', 'cp', 'rm', 'find', 'sh']

function build(installed: boolean) {
  const folder = mkdtempSync(join(tmpdir(), 'rpm-build-'))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const tool of TOOLS) symlinkSync(`/usr/bin/${tool}`, join(bin, tool))
  const own = {
    rpm: `exit ${installed ? 0 : 1}`,
    rpmbuild: `for word do :; done; echo "$word" >>${folder}/built`,
    createrepo_c: ':',
    sha256sum: ':',
  }
  for (const [name, body] of Object.entries(own)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const cache = join(folder, 'runsheet/rpm')
  mkdirSync(cache, { recursive: true })
  for (const name of ['cluster-glue_1.0.12', 'heartbeat_3.0.6'])
    writeFileSync(join(cache, `${name}.orig.tar.bz2`), '')
  const env = { PATH: bin, XDG_CACHE_HOME: folder, TMPDIR: folder }
  const { status, stderr } = spawnSync('sh', ['lab/rpm/build.sh', join(folder, 'out')], {
    env,
    encoding: 'utf8',
  })
  const built = readFileSync(join(folder, 'built'), 'utf8').match(/[\w-]+(?=[.]spec)/g)
  rmSync(folder, { recursive: true })
  return { status, stderr, built }
}

test('heartbeat is compiled where cluster-glue is installed; before, it is said how', () => {
  const before = build(false)
  expect(before).toMatchObject({ status: 1, built: ['cluster-glue'] })
  expect(before.stderr).toMatch(/dnf install \S+\/out\/\*\/cluster-glue-1\*[.]rpm, then run this again/)
  expect(build(true)).toEqual({ status: 0, stderr: '', built: ['cluster-glue', 'heartbeat', 'drbddisk'] })
})
