import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { overwrite } from '../../../lib/cluster/index.ts'
import { raw, type Shell, sh } from '../../../lib/index.ts'
import { drbd, refusals, type Said } from './said.ts'

const guard = (...givenUp: string[]) =>
  overwrite({
    hosts: ['node1', 'node2'],
    active: sh`echo active`,
    there: sh`printf 'shop\\t3 tables\\n'`,
    givenUp,
    minor: 0,
  })

const usual: Said = {
  active: 'standby\n',
  there: '',
  replication: drbd('Connected', 'Secondary/Primary', 'UpToDate/UpToDate'),
}
const active: Said = {
  active: 'active\n',
  there: 'shop\t3 tables\n/mnt/shared\tetc var\n',
  replication: drbd('Connected', 'Primary/Secondary', 'UpToDate/UpToDate'),
}

test('what is given up by its name is replaced, and so is nothing', () => {
  expect(refusals(guard('shop', '/mnt/shared'), usual, active, {})).toEqual([])
  expect(refusals(guard(), usual, { ...active, there: '' }, {})).toEqual([])
})

test('a name is all before the tab, blanks and all', () => {
  const odd = { ...active, there: 'odd name\t3 tables\n' }
  expect(refusals(guard('odd name'), usual, odd, {})).toEqual([])
  expect(refusals(guard(), usual, odd, {}).join()).toContain(`-e '{ give_up: "odd name" }' says`)
})

test('the target asks the same once more', () => {
  const recheck = (there: string, ...givenUp: string[]) => asked(sh`echo active`, there, ...givenUp)
  expect(recheck('odd name\t3 tables\n', 'odd name')).toBe(0)
  expect(recheck('', 'odd name')).toBe(0)
  expect(recheck('')).toBe(0)
  expect(recheck('shop\t3 tables\nshop old\t1 tables\n', 'shop')).toBe(1)
  expect(recheck('shop\t3 tables\n')).toBe(1)
})

test.each([
  ['has stood back since, and so has nothing there', 'echo standby'],
  ['cannot tell any more', 'exit 75'],
])('the target asks once more who has the service: a node that %s', (_, says) =>
  expect(asked(sh`${raw(says)}`, '')).toBe(1))

/** Exit code of the target's last look. */
function asked(active: Shell, there: string, ...givenUp: string[]) {
  const { recheck } = overwrite({
    hosts: ['node1', 'node2'],
    active,
    there: sh`printf %s ${there}`,
    givenUp,
  })
  return spawnSync('sh', ['-c', recheck.text]).status
}

describe('is refused', () => {
  test.each<[string, readonly string[], Said | undefined, Said | undefined, RegExp]>([
    ['what nobody gave up', [], active, {}, /node1: shop is there \(3 tables\).* -e give_up=shop /],
    [
      'another name',
      ['shop2', '/mnt'],
      active,
      {},
      /node1: shop is there.*\n.*\/mnt\/shared is there \(etc var\)/,
    ],
    [
      'another one whose name begins with it',
      ['shop'],
      { ...active, there: 'shop\t3 tables\nshop old\t1 tables\n' },
      {},
      /^node1: shop old is there \(1 tables\).* -e '\{ give_up: "shop old" \}' says/,
    ],
    ['a part of it', ['shop'], active, {}, /^node1: \/mnt\/shared is there[^\n]*$/],
    [
      'a peer that has the service, too',
      ['shop', '/mnt/shared'],
      active,
      { active: 'active' },
      /node2: it has the service, too/,
    ],
    [
      'a standby',
      ['shop', '/mnt/shared'],
      { ...active, active: 'standby' },
      {},
      /node1: it does not have the service/,
    ],
    ['a silent peer', ['shop', '/mnt/shared'], active, undefined, /node2 did not answer/],
    [
      'copies that are apart',
      ['shop', '/mnt/shared'],
      { ...active, replication: drbd('StandAlone', 'Primary/Unknown', 'UpToDate/DUnknown') },
      {},
      /node1: its connection is StandAlone/,
    ],
    [
      'a node that cannot tell what is there',
      ['shop', '/mnt/shared'],
      { ...active, there: { exitCode: 1, stdout: '', stderr: 'no server' } },
      {},
      /node1 cannot tell its there \(exit 1: no server\)/,
    ],
    ['an active node that gave no answer', ['shop'], undefined, {}, /node1 did not answer/],
  ])('%s', (_, givenUp, node1, node2, why) => {
    expect(refusals(guard(...givenUp), usual, node1, node2).join('\n')).toMatch(why)
  })
})
