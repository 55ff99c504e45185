import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder with commands of its own that come before the machine's; each notes its call in `calls`. */
export function sandbox(commands: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-playbook-'))
  folders.push(folder)
  for (const [name, body] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\n${body}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return {
    folder,
    /** What was called, without questions that change nothing. */
    calls: (about = /./) => read(join(folder, 'calls')).filter((call) => about.test(call)),
    run(script: string, ...words: string[]) {
      const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, LC_ALL: 'C' }
      const { status, stdout, stderr } = spawnSync('sh', ['-c', script, 'sh', ...words], {
        encoding: 'utf8',
        env,
        // What waits for something that never comes, with a `sleep` that takes no time.
        timeout: 20_000,
      })
      return { exitCode: status, stdout, stderr }
    },
  }
}

function read(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}
