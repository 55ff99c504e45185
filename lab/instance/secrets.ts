import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { secretFiles } from '../topology/secrets.ts'
import type { Lab } from './lab.ts'

/** Makes each secret that the inventory names, unless it is there: 32 random hexadecimal digits. */
export const ensureSecrets = ({ paths, topology }: Lab): void => {
  for (const name of secretFiles(topology.inventory)) {
    const file = paths.secret(name)
    if (!existsSync(file)) writeFileSync(file, `${randomBytes(16).toString('hex')}\n`, { mode: 0o600 })
  }
}
