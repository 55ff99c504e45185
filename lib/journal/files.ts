import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** How many runs of a playbook are remembered. */
const KEPT = 20

/** The folder of a playbook's journals, of the XDG base directory specification: the state of this user's programs. */
export function journalFolder(playbook: string): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local/state')
  return join(state, 'runsheet', encodeURIComponent(playbook))
}

/** The file of a new run; those of the oldest runs go. Names sort by time. */
export function newRunFile(playbook: string, run: string): string {
  const folder = journalFolder(playbook)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const file of runFiles(playbook).slice(0, 1 - KEPT)) rmSync(file, { force: true })
  return join(folder, `${run}.jsonl`)
}

/** All journals of a playbook, the newest last. */
export function runFiles(playbook: string): string[] {
  const folder = journalFolder(playbook)
  if (!existsSync(folder)) return []
  const names = readdirSync(folder, { encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'))
  return names.sort().map((name) => join(folder, name))
}

/** The lines of a journal; the last one may be torn by a crash, and is left out then. */
export function readLines(file: string): unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line)]
      } catch {
        return []
      }
    })
}
