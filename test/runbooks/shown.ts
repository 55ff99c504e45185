import { readdirSync } from 'node:fs'
import { InvalidInput, type Problem } from '../../lib/errors.ts'
import type { z } from '../../lib/index.ts'
import { loadInventory, readExtraVars } from '../../lib/inventory/index.ts'
import { makePlan, type Playbook } from '../../lib/plan/index.ts'
import { renderRunbook } from '../../lib/runbook/index.ts'

/** A playbook as it is shown to readers: for one of the example inventories. */
export interface Shown {
  /** Of the runbook. */
  name: string
  playbook: string
  inventory: string
  /** What `-e` says. */
  extra: readonly string[]
}

type Operation = Pick<Shown, 'inventory' | 'extra'>

/** Playbooks that no inventory is named for. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  reseed: { inventory: 'replication', extra: ['node=node2'] },
  rejoin: { inventory: 'two-node', extra: ['node=node1'] },
  'replace-node': { inventory: 'two-node', extra: ['node=node2 lost=forever'] },
  'resolve-split-brain': { inventory: 'two-node', extra: ['victim=node2'] },
  backup: { inventory: 'replication', extra: ['to=/srv/backups/monday'] },
  restore: {
    inventory: 'two-node',
    extra: ['from=test/runbooks/monday/node1 give_up=shop,/mnt/shared'],
  },
  switchover: { inventory: 'two-node', extra: ['to=node2'] },
}

/** Playbooks without a runbook, and why. */
const SILENT: Readonly<Record<string, string>> = {
  status: 'it changes nothing',
  drill: 'it breaks what a runbook is for',
}

const named = (folder: string, ending: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))

const playbooks = named('playbooks', '.mjs').filter((name) => !(name in SILENT))

/** An inventory is named for its playbook: two-node-lun is one of two-node. */
const topologies = named('playbooks/inventories', '.yml').map((name) => ({
  name,
  playbook: playbooks.find((playbook) => name === playbook || name.startsWith(`${playbook}-`)) ?? name,
  inventory: name,
  extra: [],
}))

const operations = playbooks
  .filter((playbook) => !topologies.some((one) => one.playbook === playbook))
  .map((name) => ({ name, playbook: name, ...(OPERATIONS[name] ?? { inventory: 'two-node', extra: [] }) }))

export const shown: readonly Shown[] = [...topologies, ...operations]

/**
 * The runbook as `--runbook` writes it, with values without a meaning for the secrets: they do not stand in it.
 *
 * @throws InvalidInput with all that the schema, the rules and the tasks find wrong; no host is contacted
 */
export async function runbookOf({ playbook: name, inventory: file, extra }: Shown): Promise<string> {
  const { playbook } = (await import(`../../playbooks/${name}.mjs`)) as { playbook: Playbook<z.ZodType> }
  const problems: Problem[] = []
  const variables = readExtraVars(extra, problems)
  const inventory = loadInventory(`playbooks/inventories/${file}.yml`, problems, variables)
  for (const secret of inventory.origins.keys()) secret.learn(meaningless(secret.name))
  if (problems.length > 0) throw new InvalidInput(problems)
  const text = renderRunbook(makePlan(playbook, inventory, {}, problems), inventory)
  // A file of this machine stands there by its whole path; a reader has this clone elsewhere.
  return text.replaceAll(`${process.cwd()}/`, '')
}

/** What passes for a secret of that name: a private key, or one word. */
function meaningless(name: string): string {
  const word = `value-of-${name}`
  return name.endsWith('.private') ? `-----BEGIN ${word}-----\n${word}` : word
}
