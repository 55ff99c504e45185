import { type ChildProcess, spawn } from 'node:child_process'
import { lastWord } from './last-word.ts'
import type { Channel, Transport } from './transport.ts'

/** How long, in milliseconds, a shell that was told to end may take before its process group is killed. */
const PATIENCE = 1000

/** The controller's own machine: a shell without a network, in a process group of its own. */
export function localTransport(): Transport {
  return { tripsToOpen: 0, open: async (command) => startShell(command) }
}

function startShell(command: string): Channel {
  const child = spawn('sh', ['-c', command], { stdio: 'pipe', detached: true })
  const closed = lastWord(child)
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, closed, close }

  async function close(): Promise<void> {
    child.stdin.end()
    const timer = setTimeout(() => killGroup(child), PATIENCE)
    await closed
    clearTimeout(timer)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}

/** The group: a shell that waits for a child would outlive its own signal. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  process.kill(-pid, 'SIGKILL')
}
