import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '../errors.ts'
import type { CreatedLab } from '../instance/lab.ts'
import { isOn } from '../qemu/machine.ts'
import { inGuest } from './ssh.ts'

/** Milliseconds that a boot may take; without KVM and on a busy machine it is minutes. */
const limit = 600_000

// QEMU itself accepts the connection before the guest listens: only sshd's greeting proves that it is there.
const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(5000, () => end(false))
    socket.once('data', (chunk) => end(chunk.toString('latin1').startsWith('SSH-')))
    socket.once('error', () => end(false))
    socket.once('end', () => end(false))
  })

const consoleTail = (file: string): string =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n') : ''

const failure = (lab: CreatedLab, node: string, what: string): LabError => {
  const { console } = lab.paths.node(node)
  return new LabError(`${node} ${what}; the end of its console:\n${consoleTail(console)}`, `read ${console}`)
}

const waitForGreeting = async (lab: CreatedLab, node: string): Promise<void> => {
  const end = Date.now() + limit
  while (!(await greets(lab.state.ports[node] as number))) {
    if (!isOn(lab, node)) throw failure(lab, node, 'went off while it booted')
    if (Date.now() > end) throw failure(lab, node, `did not answer within ${limit / 1000} s`)
    await sleep(500)
  }
}

/**
 * Waits until a node has booted and all its units are settled. Failed units are named in the log; they do not
 * make the wait fail, for a drill may have broken them. Throws LabError if the node goes off or never answers.
 */
export const waitUntilReady = async (lab: CreatedLab, node: string): Promise<void> => {
  await waitForGreeting(lab, node)
  const { stdout, stderr } = await inGuest(lab, node, 'sudo systemctl is-system-running --wait', {
    timeout: limit,
  })
  const state = stdout.trim()
  if (state === 'running') return lab.log(`${node} is up`)
  if (state !== 'degraded') throw failure(lab, node, `is not up: systemd says "${state}" ${stderr.trim()}`)
  const failed = await inGuest(lab, node, 'sudo systemctl --failed --plain --no-legend')
  lab.log(`${node} is up, with failed units: ${failed.stdout.trim().replaceAll('\n', '; ')}`)
}
