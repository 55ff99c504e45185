import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { labPaths } from '../../lab/instance/paths.ts'
import { writeState } from '../../lab/instance/state.ts'
import { asset } from '../../lab/project.ts'
import { powerSwitchArgv } from '../../lab/qemu/switch.ts'
import { collect } from '../bench/process.ts'

// The plugin of the guests and the program of the host, joined by TCP as QEMU joins them. The machines are off.
const PLUGIN = asset('image/files/usr/lib/stonith/plugins/external/lab')

let cache: string
let server: Server
let address: string
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'power-switch-'))
  const { state } = labPaths(join(cache, 'runsheet'), 'mine')
  mkdirSync(dirname(state), { recursive: true })
  writeState(state, { topology: 'two-node', image: 'x', accel: 'tcg', ports: {}, cuts: {}, snapshots: {} })
  server = createServer((socket) => {
    const [program = '', ...args] = powerSwitchArgv('mine', 'two-node', 'node1')
    const child = spawn(program, args, { env: { ...process.env, XDG_CACHE_HOME: cache } })
    socket.pipe(child.stdin)
    child.stdout.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.close()
  rmSync(cache, { recursive: true })
})

const plugin = (...words: string[]) => collect('env', [`switch=${address}`, 'bash', PLUGIN, ...words])

describe('the STONITH plugin of the lab', { timeout: 30_000 }, () => {
  it.each([
    ['names the nodes', ['gethosts'], 'node1 node2 witness\n'],
    ['finds its switch', ['status'], ''],
    ['leaves a node off that is off already', ['off', 'node2'], ''],
    ['does not start a node by a reset', ['reset', 'node2'], ''],
    ['names what it has to be told', ['getconfignames'], 'switch\n'],
  ])('%s', async (_, words, stdout) => {
    expect(await plugin(...words)).toMatchObject({ code: 0, stdout })
  })

  it.each([
    ['a node of another lab', ['reset', 'node3'], /said to 'reset node3': error/],
    ['shell in place of a node', ['reset', 'node1;id'], /error/],
    ['no node', ['off'], /error/],
    ['what it does not know', ['explode', 'node1'], /^$/],
  ])('fails for %s', async (_, words, stderr) => {
    expect(await plugin(...words)).toMatchObject({ code: 1, stderr: expect.stringMatching(stderr) })
  })

  it('fails when nobody answers', async () => {
    server.close()
    expect(await plugin('reset', 'node2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no answer at'),
    })
  })

  it('leaves a line of who asked for what', async () => {
    await plugin('reset', 'node2')
    const { switchLog } = labPaths(join(cache, 'runsheet'), 'mine')
    expect(readFileSync(switchLog, 'utf8')).toMatch(/^\S+Z node1: reset node2: ok\n$/)
  })
})
