import { GenericContainer, type StartedTestContainer } from 'testcontainers'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { raw } from '../../lib/shell/sh.ts'
import type { Connection } from '../../lib/transport/index.ts'
import { answer, refusal, withHost } from '../support/logins.ts'
import { frames } from '../support/shells.ts'

// `docker exec` in a real container, without an sshd in it.

let container: StartedTestContainer
beforeAll(async () => {
  container = await new GenericContainer(inject('contract').image).withCommand(['sleep', '600']).start()
})
afterAll(() => container.stop({ timeout: 0 }))

const connection = (changes: Partial<Connection> = {}): Connection => ({
  kind: 'docker',
  address: container.getId(),
  port: undefined,
  user: undefined,
  privateKeyFile: undefined,
  knownHostsFiles: undefined,
  become: undefined,
  connectTimeout: 10,
  ...changes,
})

const step = (text: string) => ({ kind: 'ask' as const, name: 'question', run: raw(text) })

test('a session runs in the container, with its streams and its exit codes', async () => {
  await withHost(connection(), async (session) => {
    const [first, second] = await frames(session, [
      step('cat /proc/1/cmdline; echo err >&2; exit 7'),
      step('id -un'),
    ])
    expect(first).toMatchObject({ stdout: 'sleep\x00600\x00', stderr: 'err\n' })
    expect([first?.words.at(-1), second?.stdout]).toEqual(['7', 'root\n'])
    expect(session.trips).toBe(1)
    const channel = await session.spawn('wc -c')
    let said = ''
    channel.stdout.on('data', (chunk) => {
      said += chunk
    })
    channel.stdout.resume()
    channel.stderr.resume()
    channel.stdin.end(Buffer.alloc(1_000_000))
    await channel.closed
    expect(said.trim()).toBe('1000000')
  })
})

test('as another user', async () => {
  expect(await answer(connection({ user: 'nobody' }), 'id -un')).toBe('nobody\n')
})

test('a container that is not there is unreachable, and says so', async () => {
  const error = await refusal(answer(connection({ address: 'nowhere' })))
  expect(error).toMatchObject({
    code: 'E_UNREACHABLE',
    message: expect.stringMatching(/No such container.*nowhere/),
  })
})

test('a container that dies leaves the outcome unknown', async () => {
  const mortal = await new GenericContainer(inject('contract').image).withCommand(['sleep', '600']).start()
  const error = await withHost(connection({ address: mortal.getId() }), async (session) => {
    const seen: unknown[] = []
    const lost = refusal(session.run([step('true'), step('sleep 60')], (frame) => seen.push(frame)))
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    await mortal.stop({ timeout: 0 })
    return lost
  })
  expect(error).toMatchObject({ code: 'E_CONNECTION_LOST', details: { remote: { exitCode: undefined } } })
})
