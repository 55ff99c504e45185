import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import type { Way } from './way.ts'

/** Runs a ProxyCommand of ssh_config(5) in a process group of its own. What it says on stderr becomes the error. */
export function startProxy(command: string): Way {
  const child = spawn('sh', ['-c', `exec ${command}`], { stdio: 'pipe', detached: true })
  // Not `Duplex.from`: a broken pipe says less than the command's end, which follows it.
  const sock = new Duplex({
    allowHalfOpen: false,
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => child.stdin.write(chunk, () => done()),
    final: (done) => {
      child.stdin.end()
      done()
    },
  })
  let said = ''
  child.stdin.on('error', () => {})
  child.stdout.on('data', (chunk: Buffer) => sock.push(chunk) || child.stdout.pause())
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  child.on('error', (error) => sock.destroy(error))
  child.on('close', (code) => {
    if (code) sock.destroy(new Error(`the ProxyCommand ended with exit code ${code}: ${said.trim()}`))
    else sock.push(null)
  })
  const leave = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid)
  }
  return { sock, leave }
}
