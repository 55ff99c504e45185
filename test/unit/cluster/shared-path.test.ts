import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sharedPath } from '../../../lib/cluster/shared-path.ts'
import { canonical } from '../../../lib/resource/state.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-shared-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const task = () => sharedPath({ path: at("it's here/etc"), target: at('shared/etc') })

/** Runs with a dpkg-query that knows the files given. */
function sh(script: string, packaged: string[] = []) {
  mkdirSync(at('bin'), { recursive: true })
  writeFileSync(
    at('bin/dpkg-query'),
    `#!/bin/sh\n${packaged.map((path) => `echo "some-package: ${path}"`).join('\n')}\n`,
  )
  chmodSync(at('bin/dpkg-query'), 0o755)
  const env = { ...process.env, PATH: `${at('bin')}:${process.env.PATH}` }
  return spawnSync('sh', ['-ec', script], { encoding: 'utf8', env })
}

/** The same where rpm keeps the books: of all programs there are only those that the script needs. */
function shOfRpm(script: string, packaged: string[]) {
  const tools = ['sh', 'find', 'grep', 'sort', 'mv', 'mkdir', 'ln', 'readlink']
  const found = tools.map((tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }))
  mkdirSync(at('rpm'), { recursive: true })
  for (const [index, { stdout }] of found.entries()) symlinkSync(stdout.trim(), at(`rpm/${tools[index]}`))
  const known = packaged.map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(' | ')
  writeFileSync(
    at('rpm/rpm'),
    `#!/bin/sh
case $1 in
  -ql) printf '%s\n' ${packaged.map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(' ')} ;;
  -qf) shift 3; for file; do case $file in ${known || "''"}) echo some-package ;; *) echo "file $file is not owned by any package" ;; esac; done ;;
esac
`,
  )
  chmodSync(at('rpm/rpm'), 0o755)
  return spawnSync('sh', ['-ec', script], { encoding: 'utf8', env: { PATH: at('rpm') } })
}

function state(): string {
  return sh(task().probe.text).stdout.trimEnd()
}

function local(...files: string[]): string[] {
  mkdirSync(at("it's here/etc/objects"), { recursive: true })
  const paths = files.map((file) => at(`it's here/etc/${file}`))
  for (const path of paths) writeFileSync(path, 'content')
  return paths
}

test('a link takes the place of nothing, and dangles where the storage is not', () => {
  expect(state()).toBe('link none')
  expect(sh(task().apply.text).status).toBe(0)
  expect(state()).toBe(canonical(task().expect))
  expect(existsSync(at("it's here/etc"))).toBe(false)
})

test('it changes nothing that is right, and corrects a link to elsewhere', () => {
  mkdirSync(at("it's here"))
  symlinkSync(at('elsewhere'), at("it's here/etc"))
  expect(state()).toBe(`link ${at('elsewhere')}`)
  for (const _ of [1, 2]) expect(sh(task().apply.text).status).toBe(0)
  expect(readlinkSync(at("it's here/etc"))).toBe(at('shared/etc'))
})

test('a link to a directory is replaced, and no link is put inside that directory', () => {
  mkdirSync(at("it's here"))
  mkdirSync(at('elsewhere'))
  symlinkSync(at('elsewhere'), at("it's here/etc"))
  expect(sh(task().apply.text).status).toBe(0)
  expect(existsSync(at('elsewhere/etc'))).toBe(false)
  expect(readlinkSync(at("it's here/etc"))).toBe(at('shared/etc'))
})

test('a directory of packaged files is kept aside', () => {
  const files = local('main.cfg', 'objects/one.cfg')
  expect(state()).toBe('link none, a directory')
  expect(sh(task().apply.text, files).status).toBe(0)
  expect(existsSync(at("it's here/etc.local/objects/one.cfg"))).toBe(true)
  expect(state()).toBe(canonical(task().expect))
})

test('a directory with a file of no package is refused, and stays', () => {
  const [packaged = ''] = local('main.cfg', 'objects/ours.cfg', 'main.cfg.ours')
  const { status, stderr } = sh(task().apply.text, [packaged])
  expect(status).toBe(1)
  expect(stderr).toContain(at("it's here/etc/objects/ours.cfg"))
  expect(stderr).toContain('main.cfg.ours')
  expect(stderr).not.toMatch(/main\.cfg$/m)
  expect(existsSync(at("it's here/etc/objects/ours.cfg"))).toBe(true)
})

test('where rpm keeps the books it is the same', () => {
  const files = local('main.cfg', 'objects/one.cfg')
  const [ours = ''] = local('objects/ours.cfg')
  expect(shOfRpm(task().apply.text, files)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(ours),
  })
  rmSync(ours)
  rmSync(at('rpm'), { recursive: true })
  expect(shOfRpm(task().apply.text, files)).toMatchObject({ status: 0, stderr: '' })
  expect(existsSync(at("it's here/etc.local/objects/one.cfg"))).toBe(true)
})

test("where nobody keeps books every file is somebody's", () => {
  local('main.cfg')
  expect(shOfRpm(task().apply.text, [])).toMatchObject({ status: 1 })
})

test('a link of no package is refused as a file would be', () => {
  const files = local('main.cfg')
  symlinkSync('/srv/data', at("it's here/etc/ours"))
  expect(sh(task().apply.text, files)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('etc/ours'),
  })
})

test('a link that stands where the directory would be kept is refused, even one that dangles', () => {
  const files = local('main.cfg')
  symlinkSync(at('nowhere'), at("it's here/etc.local"))
  expect(sh(task().apply.text, files)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is there already'),
  })
  expect(state()).toBe('link none, a directory')
})

test('what was kept aside before is never lost', () => {
  const files = local('main.cfg')
  mkdirSync(at("it's here/etc.local"))
  expect(sh(task().apply.text, files)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('is there already'),
  })
  expect(state()).toBe('link none, a directory')
})

test('a file is no directory', () => {
  mkdirSync(at("it's here"))
  writeFileSync(at("it's here/etc"), '')
  expect(sh(task().apply.text)).toMatchObject({ status: 1, stderr: expect.stringContaining('is a file') })
})

test('paths are absolute', () => {
  expect(sharedPath({ path: 'etc', target: '/mnt/' }).problems).toHaveLength(2)
})
