import { once } from 'node:events'
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
  ])('%s', async (_, command, closed) => {
    expect(await ending(command)).toMatchObject(closed)
  })

  test('ends although a daemon keeps its streams', async () => {
    const channel = await start('sleep 60 & echo $!; exit 0')
    const [daemon] = (await once(channel.stdout, 'data')) as [Buffer]
    expect(await channel.closed).toMatchObject({ exitCode: 0, signal: undefined })
    expect(process.kill(Number(daemon), 'SIGKILL'), 'the daemon still ran').toBe(true)
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
