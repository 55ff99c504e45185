import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

// A drill on a real cluster that somebody ends: its faults must not stay.

const PROGRAM = `import { onSignal } from './dist/lab/drills/run/signal.js'
import { writeFileSync } from 'node:fs'
const done = (resolve) => { console.log('mended'); if (process.env.MARK) writeFileSync(process.env.MARK, ''); resolve() }
const mend = () => new Promise((resolve) => setTimeout(done, 4000, resolve))
// console.log would pass over a pipe that is closed.
onSignal(mend, (line) => process.stdout.write(line + '\\n'))
setInterval(() => {}, 1000)
console.log('ready')`

/** What becomes of the program where signals come so many milliseconds after it was ready. */
const end = async (...signals: (readonly [NodeJS.Signals, number])[]) => {
  const child = spawn('node', ['--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const ended = once(child, 'close')
  await once(child.stdout, 'data')
  for (const [signal, after] of signals) setTimeout(() => child.kill(signal), after)
  return { ended: await ended, told }
}

const mended = (signal: string) => `ready\n${signal}: ending the faults of the drill\nmended\n`

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the faults first', async (signal) => {
  expect(await end([signal, 0])).toEqual({ ended: [1, null], told: mended(signal) })
})

it('a terminal that is gone keeps nothing from its end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-signal-'))
  const mark = join(folder, 'mended')
  const child = spawn('node', ['--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, MARK: mark },
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.kill('SIGHUP')
  await once(child, 'exit')
  expect(existsSync(mark)).toBe(true)
  rmSync(folder, { recursive: true })
})

it('the same keystroke comes twice where npx hands it on', async () => {
  expect(await end(['SIGINT', 0], ['SIGINT', 200])).toEqual({ ended: [1, null], told: mended('SIGINT') })
})

it('a second signal ends it at once', async () => {
  const { ended, told } = await end(['SIGINT', 0], ['SIGTERM', 3000])
  expect(ended).toEqual([null, 'SIGTERM'])
  expect(told).not.toContain('mended')
})
