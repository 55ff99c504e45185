// The power switch of a lab: QEMU starts it for each connection of a node to its address, with the connection as
// stdin and stdout. One line is asked, one is answered: see commands/power.ts.
import { appendFileSync } from 'node:fs'
import { askSwitch } from './commands/power.ts'
import { created, findLab } from './instance/lab.ts'

/** Milliseconds and characters that a request may take. */
const limits = { time: 10_000, length: 100 }

const firstLine = async (): Promise<string> => {
  process.stdin.setEncoding('utf8')
  setTimeout(() => process.stdin.destroy(), limits.time).unref()
  let text = ''
  for await (const chunk of process.stdin) {
    text += chunk
    if (text.includes('\n') || text.length > limits.length) break
  }
  return text.slice(0, limits.length).split('\n')[0]?.trim() ?? ''
}

const [name, topology, asking] = process.argv.slice(2)
const lab = created(findLab({ topology }, name))
if (lab) {
  const request = await firstLine()
  const answer = await askSwitch(lab, request)
  appendFileSync(lab.paths.switchLog, `${new Date().toISOString()} ${asking}: ${request}: ${answer}\n`)
  process.stdout.on('error', () => {}) // who asked may have been cut off by it
  process.stdout.write(`${answer}\n`)
}
