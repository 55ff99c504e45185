import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { InvalidInput, type Problem } from '../../../lib/errors.ts'
import type { z } from '../../../lib/index.ts'
import { loadInventory } from '../../../lib/inventory/index.ts'
import { makePlan, type Playbook } from '../../../lib/plan/index.ts'

// What a person reads who writes such a storage into the example inventory, before any contact.

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const NAME = 'two-node'
const { playbook } = (await import(`../../../playbooks/${NAME}.mjs`)) as { playbook: Playbook<z.ZodType> }

const EXAMPLE = readFileSync('playbooks/inventories/two-node-lun.yml', 'utf8')
const NFS = "kind: nfs, export: 'filer:/export'"
const ACCEPTED = `${NFS}, accept: nfs-lets-both-nodes-write`

const withStorage = (storage: string, from = EXAMPLE) =>
  from.replace(/storage: \{.*\}/, `storage: { ${storage} }`)

const unfenced = EXAMPLE.replace(/^ *fence: .*\n/gm, '').replace(
  /fencing:\n(.*\n)*?(?= *application)/,
  'fencing: none\n',
)

function problemsOf(inventory: string): string[] {
  const file = join(mkdtempSync(join(tmpdir(), 'runsheet-storage-')), 'i.yml')
  writeFileSync(file, inventory)
  const problems: Problem[] = []
  const loaded = loadInventory(file, problems)
  for (const secret of loaded.origins.keys()) secret.learn('correct-horse-battery')
  try {
    makePlan(playbook, loaded, {}, problems)
    return []
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return [...new Set(error.problems.map(({ message }) => message.replace(/ for host node\d/, '')))]
  }
}

test.each([
  ['a LUN with fencing', EXAMPLE],
  ['NFS with fencing that is accepted by its words', withStorage(ACCEPTED)],
])('%s is taken', (_, inventory) => {
  expect(problemsOf(inventory)).toEqual([])
})

test.each([
  [
    'NFS',
    withStorage(NFS),
    /^storage.accept is missing: NFS is refused: nothing on the server keeps two nodes /,
  ],
  ['NFS that is accepted by a yes', withStorage(`${NFS}, accept: yes`), /^storage.accept: NFS is refused: /],
  ['NFS without fencing', withStorage(ACCEPTED, unfenced), /^storage of the kind nfs needs fencing: /],
  ['a LUN without fencing', unfenced, /^storage of the kind lun needs fencing: /],
  [
    'a LUN without a word on fencing',
    unfenced.replace(/^ *fencing: none\n/m, ''),
    /^fencing is missing: it has to be said: 'none'/,
  ],
])('%s is refused with the reason', (_, inventory, reason) => {
  expect(problemsOf(inventory)).toEqual([expect.stringMatching(reason)])
})
