import type { Ground } from './ground.ts'
import { accountFile, impatience, ledgerFolder, table } from './scripts.ts'

const must = async (ground: Ground, node: string, script: string, input?: string): Promise<void> => {
  const { code, stderr } = await ground.run(node, script, input)
  if (code !== 0) throw new Error(`the ledger cannot be prepared on ${node}: ${stderr.trim()}`)
}

/** Makes what the ledger needs: the folder on the shared storage, the table, and the witness's way to it. */
export const prepareLedger = async (
  ground: Ground,
  holders: Readonly<Record<string, string>>,
): Promise<void> => {
  for (const cluster of ground.clusters) {
    const holder = holders[cluster.name] ?? ''
    if (cluster.traits.includes('files')) await must(ground, holder, `mkdir -p ${ledgerFolder(cluster)}`)
    if (cluster.traits.includes('database'))
      await must(
        ground,
        holder,
        `mariadb -e 'CREATE TABLE IF NOT EXISTS ${table} (id BIGINT PRIMARY KEY) ENGINE=InnoDB'`,
      )
  }
  const account = `[client]\nuser=ledger\npassword=${ground.password}\n`
  await must(
    ground,
    ground.witness,
    `sysctl -q -w ${impatience} && umask 077 && cat >${accountFile}`,
    account,
  )
}
