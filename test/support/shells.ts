import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach } from 'vitest'
import type { Frame } from '../../lib/shell/frames.ts'
import { quote } from '../../lib/shell/quote.ts'
import type { Step } from '../../lib/shell/step.ts'
import { localTransport } from '../../lib/transport/local.ts'
import { openSession, type Session } from '../../lib/transport/session.ts'

const NOBODY = 65534

/** They go after the last test of the file. */
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** The shells that must all understand the wire protocol. None of them may be absent. */
export const SHELLS = [
  { name: 'dash', command: 'dash' },
  { name: 'bash --posix', command: 'bash --posix' },
  { name: 'bash as sh', command: bashAsSh() },
  { name: 'busybox sh', command: 'busybox sh' },
  { name: 'mksh', command: 'mksh' },
] as const

for (const command of ['dash', 'bash', 'busybox', 'mksh']) demand(command, command)

/** @throws Error with the command that installs what a test cannot do without */
export function demand(command: string, debianPackage: string): string {
  try {
    return execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${command}`], {
      encoding: 'utf8',
    }).trim()
  } catch {
    throw new Error(`${command} is not installed: apt-get install ${debianPackage}`)
  }
}

/** A folder that any user can enter; it belongs to the unprivileged user of `openShell`. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-'))
  folders.push(folder)
  chmodSync(folder, 0o755)
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY)
  return folder
}

/**
 * A session with a shell of this machine, never as root: what it remembers is in `folder` and not in the
 * machine's own state.
 */
export function openShell(command: string, folder: string): Promise<Session> {
  const drop = process.getuid?.() === 0 ? `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups` : ''
  const text = `export XDG_STATE_HOME=${quote(folder)}; exec ${drop} ${command}`
  return openSession(localTransport(), { host: 'here', shell: text })
}

/** For each test a folder of its own, and as many sessions that remember in it as the test opens; they end with it. */
export function useShells(command: string): { open: () => Promise<Session>; at: (name: string) => string } {
  let folder: string
  let sessions: Session[]
  beforeEach(() => {
    folder = openFolder()
    sessions = []
  })
  afterEach(() => Promise.all(sessions.map((session) => session.close())))
  const open = async () => {
    const session = await openShell(command, folder)
    sessions.push(session)
    return session
  }
  return { open, at: (name) => join(folder, name) }
}

/** All frames of one batch. */
export async function frames(session: Session, steps: readonly Step[]): Promise<Frame[]> {
  const all: Frame[] = []
  await session.run(steps, (frame) => all.push(frame))
  return all
}

function bashAsSh(): string {
  const folder = openFolder()
  symlinkSync(demand('bash', 'bash'), join(folder, 'sh'))
  return join(folder, 'sh')
}
