import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Gives the whole run, and every program that it starts, one folder for what is temporary, and removes it at the end:
 * no test can leave anything behind. As in /tmp itself, other users may write there.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-tests-'))
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
