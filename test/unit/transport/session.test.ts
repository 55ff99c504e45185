import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Frame } from '../../../lib/shell/frames.ts'
import { raw } from '../../../lib/shell/sh.ts'
import type { Step } from '../../../lib/shell/step.ts'
import { openSession, type Session } from '../../../lib/transport/session.ts'
import type { Channel, Closed, Transport } from '../../../lib/transport/transport.ts'

/** A target that says what the test tells it to. */
let said: {
  stdin: PassThrough
  stdout: PassThrough
  stderr: PassThrough
  end: (closed: Partial<Closed>) => void
}
let session: Session

const transport: Transport = {
  tripsToStart: 2,
  connect: async () => ({ start, close: async () => {} }),
}

async function start(): Promise<Channel> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  let end: (closed: Partial<Closed>) => void = () => {}
  const closed = new Promise<Closed>((resolve) => {
    end = (how) => resolve({ exitCode: undefined, signal: undefined, reason: undefined, ...how })
  })
  said = { ...streams, end }
  return { ...streams, closed, close: async () => end({ reason: 'closed' }) }
}

beforeEach(async () => {
  session = await openSession(transport, { host: 'web1', become: { method: 'sudo', user: 'root' } })
})

const tick = () => new Promise((resolve) => setImmediate(resolve))

/** The target answers with marks, on both streams. */
async function answer(...marks: string[]): Promise<void> {
  sent += said.stdin.read()?.toString() ?? ''
  const nonce = /^RS=(\w{32}) /.exec(sent)?.[1]
  for (const mark of marks) {
    const [payload, words] = mark.includes('|') ? mark.split('|') : ['', mark]
    said.stdout.write(`${payload}${nonce} ${words}\n`)
    said.stderr.write(`${nonce} ${words}\n`)
  }
  await tick()
}
let sent = ''
beforeEach(() => {
  sent = ''
})

const fused: Step = {
  kind: 'fused',
  number: 1,
  needs: [],
  probe: raw('look'),
  expected: 'new',
  notify: [],
  apply: raw('change'),
}
const batch: Step[] = [
  fused,
  { kind: 'handler', id: 'h', run: raw('handle') },
  { kind: 'ask', name: 'q', run: raw('ask') },
]

test('every batch is a trip, and only the first carries the prelude', async () => {
  expect(session.trips).toBe(2)
  const first = session.run(batch, () => {})
  await answer('begin', 'end')
  await first
  expect([session.trips, sent.includes('rs_mark()')]).toEqual([3, true])
  const second = session.run([], () => {})
  sent = `RS=${/^RS=(\w{32}) /.exec(sent)?.[1]} `
  await answer('begin', 'end')
  await second
  expect([session.trips, sent.includes('rs_mark()')]).toEqual([4, false])
})

test('the receiver gets what the steps say and nothing else', async () => {
  const frames: Frame[] = []
  const run = session.run(batch, (frame) => frames.push(frame))
  await answer('motd|begin', 'old|probe 1 0', 'apply 1 0', 'new|verify 1 0', 'idle h', 'ask q 0', 'end')
  await run
  expect(frames.map(({ words }) => words[0])).toEqual(['probe', 'apply', 'verify', 'ask'])
})

test('two batches at once are a mistake of the caller', async () => {
  const run = session.run([], () => {})
  await expect(session.run([], () => {})).rejects.toThrow('one batch at a time')
  await answer('begin', 'end')
  await expect(run).resolves.toBeUndefined()
})

test('an error of the receiver ends the batch, and leaves the session usable', async () => {
  const run = session.run(batch, () => {
    throw new Error('a bug')
  })
  const outcome = expect(run).rejects.toThrow('a bug')
  await answer('begin', 'new|probe 1 0', 'end')
  await outcome
  const next = session.run([], () => {})
  await answer('begin', 'end')
  await expect(next).resolves.toBeUndefined()
})

describe('a loss names the step in hand', () => {
  test.each([
    ['the probe', ['begin'], 'look'],
    ['the apply', ['begin', 'old|probe 1 0'], 'change'],
    ['the probe after it', ['begin', 'old|probe 1 0', 'apply 1 0'], 'look'],
    ['the handler', ['begin', 'new|probe 1 0'], 'handle'],
    ['what follows a handler that is not owed', ['begin', 'new|probe 1 0', 'idle h'], 'ask'],
    ['nothing after the last step', ['begin', 'new|probe 1 0', 'idle h', 'ask q 0'], ''],
  ])('%s', async (_, marks, command) => {
    const lost = session.run(batch, () => {}).catch((error) => error)
    await answer(...marks)
    said.stdout.write('half')
    await tick()
    said.end({ reason: 'ECONNRESET' })
    expect(await lost).toMatchObject({
      code: 'E_CONNECTION_LOST',
      message: 'web1: the connection was lost: ECONNRESET',
      details: { remote: { host: 'web1', command, exitCode: undefined, stdout: 'half', stderr: '' } },
    })
  })
})

describe('an end before the first answer', () => {
  test.each([
    ['is sudo that refuses', { exitCode: 1 }, 'E_BECOME'],
    ['is unknown when there was no exit code', { reason: 'ECONNRESET' }, 'E_CONNECTION_LOST'],
    ['is unknown when the shell was killed', { signal: 'SIGKILL' }, 'E_CONNECTION_LOST'],
  ])('%s', async (_, closed, code) => {
    const lost = session.run(batch, () => {}).catch((error) => error)
    await tick()
    said.end(closed)
    expect(await lost).toMatchObject({ code, details: { radius: 'host' } })
  })
})

test('after the end every batch is lost, and costs nothing', async () => {
  said.end({ exitCode: 0 })
  await tick()
  await expect(session.run(batch, () => {})).rejects.toMatchObject({ code: 'E_BECOME' })
  expect(session.trips).toBe(2)
})
