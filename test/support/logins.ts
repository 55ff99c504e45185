import { expect } from 'vitest'
import { RunsheetError } from '../../lib/errors.ts'
import { raw } from '../../lib/shell/sh.ts'
import { type Connection, newReach, openHost, type Reach, type Session } from '../../lib/transport/index.ts'
import { frames } from './shells.ts'

/** What a shell on the host prints for these commands, after a whole login. */
export async function answer(connection: Connection, text = 'echo hello', reach?: Reach): Promise<string> {
  return withHost(
    connection,
    async (session) => {
      const [frame] = await frames(session, [{ kind: 'ask', name: 'question', run: raw(text) }])
      return frame?.stdout ?? ''
    },
    reach,
  )
}

export async function withHost<Result>(
  connection: Connection,
  use: (session: Session) => Promise<Result>,
  reach: Reach = newReach(),
): Promise<Result> {
  const session = await openHost('web1', connection, reach)
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}

/** The error that ends it; what succeeds is a failure of the test. */
export async function refusal(attempt: Promise<unknown>): Promise<RunsheetError> {
  const error = await attempt.then(
    () => new Error('it did not fail'),
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(RunsheetError)
  return error as RunsheetError
}
