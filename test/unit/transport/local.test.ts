import { describe, expect, test } from 'vitest'
import { localTransport } from '../../../lib/transport/local.ts'

const start = async (command: string) => (await localTransport().connect()).start(command)

async function ending(command: string) {
  const channel = await start(command)
  channel.stdout.resume()
  channel.stderr.resume()
  return channel.closed
}

describe('a shell on this machine', () => {
  test.each([
    ['ends with its exit code', 'exit 7', { exitCode: 7, signal: undefined }],
    ['has none when it was killed', 'kill -9 $$', { exitCode: undefined, signal: 'SIGKILL' }],
    ['ends although a daemon keeps its streams', 'sleep 3 & exit 0', { exitCode: 0, signal: undefined }],
  ])('%s', async (_, command, closed) => {
    const start = performance.now()
    expect(await ending(command)).toMatchObject(closed)
    expect(performance.now() - start).toBeLessThan(2500)
  })

  test('is ended by closing it, also in the middle of a command', async () => {
    const channel = await start('sleep 30; echo never')
    await channel.close()
    expect(await channel.closed).toMatchObject({ signal: 'SIGKILL' })
  })

  test('costs no trip to open', () => {
    expect(localTransport().tripsToStart).toBe(0)
  })
})
