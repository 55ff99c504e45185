import { type ChildProcess, spawn } from 'node:child_process'
import { lastWord } from './last-word.ts'
import type { Channel, Transport } from './transport.ts'

/** How long, in milliseconds, a process that was told to end may take before its process group is killed. */
const PATIENCE = 1000

/** The controller's own machine: a shell without a network, in a process group of its own. */
export function localTransport(): Transport {
  return {
    tripsToStart: 0,
    connect: async () => {
      const channels = new Set<Channel>()
      const start = async (command: string) => keep(channels, startProcess('sh', ['-c', command]))
      return { start, close: () => closeAll(channels) }
    },
  }
}

/** Remembers a channel as long as it is open. */
export function keep(channels: Set<Channel>, channel: Channel): Channel {
  channels.add(channel)
  channel.closed.then(() => channels.delete(channel))
  return channel
}

export async function closeAll(channels: ReadonlySet<Channel>): Promise<void> {
  await Promise.all([...channels].map((channel) => channel.close()))
}

/** A process on this machine as a channel. */
export function startProcess(program: string, args: readonly string[]): Channel {
  const child = spawn(program, args, { stdio: 'pipe', detached: true })
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
