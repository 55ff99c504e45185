import { ENVIRONMENT } from '../shell/prelude.ts'
import type { Shell } from '../shell/sh.ts'
import type { Session } from '../transport/session.ts'
import type { HostRun } from './host-run.ts'
import type { Run } from './run.ts'
import type { Duty } from './steps.ts'

/** Milliseconds between two questions. */
const INTERVAL = 5000

/**
 * Asks beside the shell how far the change in hand has come, as long as a person watches. What is not answered is not told.
 *
 * @returns how to end it
 */
export function watch(run: Run, on: HostRun, inHand: () => Duty | undefined): () => void {
  if (!run.options.watched) return () => {}
  let busy = false
  const timer = setInterval(() => {
    const duty = inHand()
    const question = duty?.task.progress
    if (busy || !question) return
    busy = true
    const tell = (far: string) => {
      if (far === '' || inHand() !== duty) return
      run.report({ event: 'working', host: duty.host.name, name: duty.task.name, far })
    }
    answer(on.session, question)
      .then(tell, () => {})
      .finally(() => {
        busy = false
      })
  }, INTERVAL)
  return () => clearInterval(timer)
}

/** The last line of what a script prints. */
async function answer(session: Session, { text }: Shell): Promise<string> {
  const channel = await session.spawn(`${ENVIRONMENT}${text}`)
  channel.stdin.on('error', () => {}).end()
  channel.stderr.resume()
  let said = ''
  for await (const chunk of channel.stdout) said = `${said}${chunk}`.slice(-200)
  return said.trim().split('\n').at(-1) ?? ''
}
