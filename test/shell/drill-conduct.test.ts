import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Drill } from '../../lab/drills/drill.ts'
import { conduct } from '../../lab/drills/run/conduct.ts'
import type { Ground } from '../../lab/drills/run/ground.ts'
import type { Row } from '../../lab/drills/scene.ts'
import { cluster, drill } from '../unit/lab/drills/fixture.ts'

// The course of a drill on nodes that are loops of this machine's sh.

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-conduct-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const own = { ...cluster, traits: ['files' as const], units: [] }

/** Each node answers as it would to the loop that it is given. */
const ground = (more: Partial<Ground>): Ground => ({
  playbook: 'two-node',
  clusters: [own],
  witness: 'witness',
  emulated: true,
  folder,
  password: '',
  argv: (node, script) => {
    const state = `vip=${Number(node === 'node1')} mount=0 cs= ro= ds= units= boot=a`
    const answer = script.includes('/files') ? 'echo "ok $id"' : `echo "${state}"`
    return ['sh', '-c', `while read -r id; do ${answer}; done`]
  },
  run: async () => ({ code: 0, stdout: '', stderr: '' }),
  inject: async () => {},
  heal: async () => {},
  play: async () => ({ code: 0, stdout: '', stderr: '' }),
  ...more,
})

const row = (more: Partial<Drill>): Row => ({
  name: 'clock-jump',
  drill: { ...drill('clock-jump'), hold: 0, ...more },
  cluster: own,
})

describe('a drill that breaks off', () => {
  it('stops to watch, and is told as one that was run: its fault was done', async () => {
    const gone = ground({ play: () => Promise.reject(new Error('cannot run node: it is gone')) })
    const evidence = await conduct(gone, row({}), 'node1', () => {})
    expect(evidence.broken).toEqual(['cannot run node: it is gone'])
    expect(evidence).toMatchObject({ status: undefined, drift: undefined, forbidden: undefined })
    expect(evidence.files?.found).toBeUndefined()
    const { length } = evidence.samples
    await sleep(600)
    expect(evidence.samples).toHaveLength(length)
  })
})
