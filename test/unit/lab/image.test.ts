import { expect, test } from 'vitest'
import { missingPackages } from '../../../lab/host/requirements.ts'
import { commandLine } from '../../../lab/host/run.ts'
import { bootstrapArgv, packArgv, stageOf } from '../../../lab/image/build.ts'
import { imageKey, parsePolicy } from '../../../lab/image/recipe.ts'

const policy = `heartbeat:
  Installed: (none)
  Candidate: 1:3.0.6-13+b2
  Version table:
     1:3.0.6-13+b2 500
nowhere:
  Installed: (none)
  Candidate: (none)
sudo:
  Installed: 1.9
  Candidate: 1.9.13
  Version table:
`

test('apt-cache policy gives the versions to come; a package without one is left out', () => {
  expect(parsePolicy(policy)).toEqual({ heartbeat: '1:3.0.6-13+b2', sudo: '1.9.13' })
})

test('the key of an image changes with a version and with a file, and not with their order', () => {
  const key = imageKey({ a: '1', b: '2' }, { x: 'text' })
  expect(imageKey({ b: '2', a: '1' }, { x: 'text' })).toBe(key)
  expect(imageKey({ a: '1', b: '3' }, { x: 'text' })).not.toBe(key)
  expect(imageKey({ a: '1', b: '2' }, { x: 'other' })).not.toBe(key)
})

const build = { staging: '/c/images/building-1', sources: ['deb mirror:/debian bookworm main'] }

test('root builds as root, anybody else in a user namespace', () => {
  expect(bootstrapArgv({ ...build, root: true })).toContain('--mode=root')
  expect(bootstrapArgv({ ...build, root: false })).toContain('--mode=unshare')
  expect(packArgv({ ...build, root: true })[0]).toBe('sh')
  expect(packArgv({ ...build, root: false }).slice(0, 3)).toEqual([
    'unshare',
    '--map-auto',
    '--map-root-user',
  ])
})

test.each([
  ['stage: packages that wait', 'packages that wait'],
  ['I: extracting archives...', 'extracting archives'],
  ['I: automatically chosen format: tar', undefined],
  ['Setting up sudo (1.9) ...', undefined],
])('%s', (line, expected) => {
  expect(stageOf(line)).toBe(expected)
})

test('each missing package is named once, and who is not root needs one more', () => {
  const nothing = () => false
  expect(missingPackages(true, nothing).filter((name) => name === 'openssh-client')).toHaveLength(1)
  expect(missingPackages(true, nothing)).not.toContain('uidmap')
  expect(missingPackages(false, nothing)).toContain('uidmap')
  expect(missingPackages(false, () => true)).toEqual([])
})

test('a command can be pasted into a shell', () => {
  expect(commandLine(['echo', "it's", 'a b', 'plain-1.0'])).toBe(`echo 'it'\\''s' 'a b' plain-1.0`)
})
