import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { kept } from '../../../playbooks/parts/split-brain/loss.mjs'
import { resolution } from '../../../playbooks/parts/split-brain/plays.mjs'
import { nodes } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const GENERATION = 'CCCC000000000001'
const AT_REST = { boot: '1f2e3d4c', written: 312, differs: 8192 }

/** The victim of a split brain, whose kernel says how much was written; its disk is a file. */
function victim(disk = 'late', state = AT_REST) {
  const node = sandbox({
    uname: 'echo node2',
    drbdadm: `echo ${GENERATION}:AAAA000000000000:0000000000000000:0000000000000000:1:1:1:0:0:0:0`,
    systemctl: 'echo inactive',
    dd: `for word; do case $word in if=*) in=\${word#*=} ;; of=*) out=\${word#*=} ;; esac; done; cat "$in" >"$out"`,
  })
  const keep = join(node.folder, 'kept')
  const [proc, boot, device] = ['drbd', 'boot_id', 'disk'].map((name) => join(node.folder, name)) as [
    string,
    string,
    string,
  ]
  const now = (next: Partial<typeof AT_REST> = {}) => {
    const { boot: id, written, differs } = { ...state, ...next }
    writeFileSync(boot, `${id}-0000-4000-8000-000000000000\n`)
    writeFileSync(
      proc,
      `version: 8.4.11
 0: cs:StandAlone ro:Secondary/Unknown ds:UpToDate/DUnknown   r-----
    ns:0 nr:0 dw:${written} dr:1048 al:9 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:${differs}
 1: cs:StandAlone ro:Secondary/Unknown ds:UpToDate/DUnknown   r-----
    ns:0 nr:0 dw:${Math.random()} dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0
`,
    )
  }
  now()
  writeFileSync(device, disk)
  const split = nodes((vars) => {
    vars.disk = device
  }).map(({ name, vars }) => ({ name, vars: { ...vars, victim: 'node2', keep, interrupt: undefined } }))
  const tasks = resolution(split).flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))
  const image = tasks.find(({ id }) => id === `an image of its copy is in ${keep}`)
  const guard = tasks.findLast((task) => task.guard?.ask.kept)?.guard
  const run = (text = 'exit 99') =>
    node.run(
      `set -e\n${text.replaceAll('/proc/drbd', proc).replaceAll('/proc/sys/kernel/random/boot_id', boot)}`,
    )
  return {
    now,
    device,
    keep,
    split,
    isThere: () => run(image?.probe.text).stdout.trim(),
    copy: () => run(image?.apply.text),
    /** Whether the guard lets the changes go: what it asked, and what the victim looks at once more. */
    mayLose: () => [run(guard?.ask.kept?.text).exitCode, run(guard?.recheck.text).exitCode],
    images: () => readdirSync(keep).map((name) => [name, readFileSync(join(keep, name), 'utf8')]),
  }
}

test('an image is of this rest of the victim, and is made once', () => {
  const node = victim()
  expect(node.isThere()).toBe('done no')
  expect(node.mayLose()).toEqual([expect.any(Number), 1])
  expect(node.mayLose()[0]).not.toBe(0)
  expect(node.copy()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(node.isThere()).toBe('done yes')
  expect(node.mayLose()).toEqual([0, 0])
  expect(node.images()).toEqual([[`r0-${GENERATION}-1f2e3d4c-312-8192.img`, 'late']])
})

test.each([
  ['it was promoted again, for which DRBD begins no new generation', { written: 90_000, differs: 16_384 }],
  ['only what differed before was written again', { written: 313 }],
  ['it has booted since, and counts from nothing', { boot: '55667788' }],
  ['it has written as much again after a start of DRBD', { differs: 8196 }],
])('an image of before is none: %s', (_, since) => {
  const node = victim()
  expect(node.copy().exitCode).toBe(0)
  node.now(since)
  appendFileSync(node.device, ' and later')
  expect(node.isThere()).toBe('done no')
  expect(node.mayLose()).toEqual([expect.any(Number), 1])
  expect(node.mayLose()[0]).not.toBe(0)
  expect(node.copy().exitCode).toBe(0)
  expect(node.isThere()).toBe('done yes')
  // The first one is kept, too: it has what was overwritten since.
  expect(node.images().map(([, content]) => content)).toEqual(
    expect.arrayContaining(['late', 'late and later']),
  )
})

test('of a victim that cannot tell what it has written there is no image', () => {
  const node = victim()
  mkdirSync(node.keep)
  writeFileSync(join(node.keep, `r0-${GENERATION}-1f2e3d4c-.img`), 'old')
  writeFileSync(join(node.keep, `r0-${GENERATION}.img`), 'old')
  node.now({ written: Number.NaN })
  expect(node.isThere()).toBe('done no')
  expect(node.copy().exitCode).not.toBe(0)
})

test('the conclusion says of each image when it was made, the newest first, and nothing of other files', () => {
  const { split, keep } = victim()
  const images = `2026-11-30 02:57 r0-B.img\n2026-11-29 01:02 r0-A.img\n`
  const known = split.map((node) => ({
    ...node,
    facts: { kept: { exitCode: 0, stdout: node.name === 'node2' ? images : '', stderr: '' } },
  }))
  const how = 'look into it with mount -t ext4 -o ro,loop,norecovery'
  expect(kept(known)).toEqual([
    `kept on node2 at 2026-11-30 02:57: ${keep}/r0-B.img; ${how}`,
    `kept on node2 at 2026-11-29 01:02: ${keep}/r0-A.img; ${how}`,
  ])
})
