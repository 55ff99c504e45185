import { table } from '../ledger/table.ts'
import type { Cluster } from '../scene.ts'
import type { Ground } from './ground.ts'
import { accountFile, accountText, beImpatient, bePatient, ledgerFolder } from './scripts.ts'

const must = async (ground: Ground, node: string, script: string, input?: string): Promise<void> => {
  const { code, stderr } = await ground.run(node, script, input)
  if (code !== 0) throw new Error(`the ledger needs '${script}' on ${node}: ${stderr.trim()}`)
}

type Holders = Readonly<Record<string, string>>

const onHolders = async (
  ground: Ground,
  holders: Holders,
  files: (cluster: Cluster, folder: string) => string,
  rows: string,
): Promise<void> => {
  for (const cluster of ground.clusters) {
    const holder = holders[cluster.name] ?? ''
    const { traits } = cluster
    if (traits.includes('files')) await must(ground, holder, files(cluster, ledgerFolder(cluster)))
    if (traits.includes('database')) await must(ground, holder, `mariadb -e '${rows}'`)
  }
}

/** Makes what the ledger needs: the folder on the shared storage, the table, and the witness's way to it. */
export const prepareLedger = async (ground: Ground, holders: Holders): Promise<void> => {
  await onHolders(
    ground,
    holders,
    // Never on the disk of the system, where it would outlive all that happens to the shared storage.
    ({ mount }, folder) => `mountpoint -q ${mount} && mkdir -p ${folder}`,
    `CREATE TABLE IF NOT EXISTS ${table} (id BIGINT PRIMARY KEY) ENGINE=InnoDB`,
  )
  const script = `${beImpatient} && umask 077 && cat >${accountFile}`
  await must(ground, ground.witness, script, accountText(ground.password))
}

/** The witness forgets the password, and is as patient as before. */
export const leaveWitness = (ground: Ground): Promise<void> =>
  must(ground, ground.witness, `rm -f ${accountFile} && { ${bePatient}; }`)

/** Nothing of the ledger stays where it was written. */
export const removeLedger = (ground: Ground, holders: Holders): Promise<void> =>
  onHolders(ground, holders, (_, folder) => `rm -rf ${folder}`, `DROP TABLE IF EXISTS ${table}`)
