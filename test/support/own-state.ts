import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The environment of a run, or of a target's shell, that remembers everything in `folder`. What root remembers would
 * lie in /var/lib, where one test would find the lock of another: a shell with this PATH asks another `id`.
 */
export function ownState(folder: string): { PATH: string; XDG_STATE_HOME: string } {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 })
  return { PATH: `${bin}:${process.env.PATH}`, XDG_STATE_HOME: join(folder, 'state') }
}
