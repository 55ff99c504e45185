import { RunsheetError } from '../errors.ts'
import type { PlannedTask } from '../plan/index.ts'
import type { Download, Upload } from '../resource/errand.ts'
import type { Shell } from '../shell/sh.ts'
import { ending } from '../transport/lost.ts'
import { receiveFile } from '../transport/receive-file.ts'
import { sendFile, type Transferred } from '../transport/send-file.ts'
import type { HostRun } from './host-run.ts'
import type { Result } from './segment.ts'

/**
 * Sends a file to its staging place.
 *
 * @returns why that failed
 * @throws RunsheetError E_CONNECTION_LOST when the host was lost meanwhile
 */
export async function upload(on: HostRun, task: PlannedTask, errand: Upload): Promise<Result | undefined> {
  const { file, size, receive } = errand
  const done = await sendFile(on.session, { file, size, receive: receive.text })
  const hint = 'What has arrived is kept: run again, and only the rest is sent.'
  return whyFailed(on, task, receive, done, hint)
}

/**
 * Takes a file to the controller.
 *
 * @throws RunsheetError E_CONNECTION_LOST when the host was lost meanwhile
 */
export async function download(
  on: HostRun,
  task: PlannedTask,
  { file, send }: Download,
  changes: string[],
): Promise<Result> {
  const done = await receiveFile(on.session, { file, send: send.text })
  const hint = `${file} is as it was: run again.`
  return whyFailed(on, task, send, done, hint) ?? { task, outcome: 'changed', changes }
}

function whyFailed(
  { name }: HostRun,
  task: PlannedTask,
  { text: command }: Shell,
  { closed, stdout, stderr, local }: Transferred,
  hint: string,
): Result | undefined {
  if (closed.exitCode === 0 && local === undefined) return undefined
  const remote = { host: name, command, exitCode: closed.exitCode, stdout, stderr }
  if (closed.exitCode === undefined && local === undefined) {
    const message = `${name}: the connection was lost during ${task.name}: ${ending(closed)}`
    throw new RunsheetError('E_CONNECTION_LOST', message, { radius: 'host', remote, hint })
  }
  const why = local ?? 'the host could not go on'
  const error = new RunsheetError('E_TRANSFER_FAILED', `${task.name}: the transfer failed: ${why}`, {
    radius: 'host',
    ...(task.place && { place: task.place }),
    remote,
    hint,
  })
  return { task, outcome: 'failed', reason: error.message, error }
}
