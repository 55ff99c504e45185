import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { ensureRequirements } from '../../lab/host/requirements.ts'
import { labPaths } from '../../lab/instance/paths.ts'
import { startNetworks, stopNetworks } from '../../lab/network/networks.ts'
import { loadTopology } from '../../lab/topology/load.ts'
import { log } from './labs.ts'

// The real switch and the real gateway of a lab, and at the switch two stations that speak Ethernet themselves: a machine
// would hide whose answer came late.

const GATEWAY = [192, 168, 56, 1]
const topology = loadTopology('two-node')
const cache = mkdtempSync(join(tmpdir(), 'gateway-'))
const paths = labPaths(cache, 'g')

beforeAll(async () => {
  await ensureRequirements(log)
  mkdirSync(paths.folder, { recursive: true })
  await startNetworks(paths, topology)
})
afterAll(async () => {
  await stopNetworks(paths, topology)
  rmSync(cache, { recursive: true })
})

it('answers every station that pings it, whoever asked for its address last', async () => {
  const [first, second] = [new Station(11), new Station(12)]
  await first.learn()
  await second.learn()
  for (const round of [1, 2, 3]) {
    first.ping(round)
    second.ping(round)
    await vi.waitFor(() => expect([first.answers, second.answers]).toEqual([round, round]), {
      timeout: 10_000,
    })
  }
  first.leave()
  second.leave()
})

/** One card in the network: frames go and come as vde_plug has them, each after its length in two bytes. */
class Station {
  /** How many answers to its pings have reached it. */
  answers = 0
  private gateway: Buffer | undefined
  private readonly mac: Buffer
  private readonly address: Buffer
  private readonly plug: ChildProcessByStdio<Writable, Readable, null>
  private rest = Buffer.alloc(0)

  constructor(host: number) {
    this.mac = Buffer.from([0x52, 0x54, 0, 0, 1, host])
    this.address = Buffer.from([192, 168, 56, host])
    const socket = `vde://${paths.network('public').socket}`
    this.plug = spawn('vde_plug', [socket], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.plug.stdout.on('data', (data: Buffer) => this.read(data))
  }

  /** Asks by ARP until the gateway has said where it is. */
  async learn(): Promise<void> {
    const question = [0, 1, 8, 0, 6, 4, 0, 1, ...this.mac, ...this.address, ...Array(6).fill(0), ...GATEWAY]
    const ask = () => this.send(Buffer.alloc(6, 0xff), 0x0806, Buffer.from(question))
    await vi.waitFor(
      () => {
        ask()
        expect(this.gateway).toBeDefined()
      },
      { timeout: 10_000, interval: 500 },
    )
  }

  ping(sequence: number): void {
    const echo = Buffer.from([8, 0, 0, 0, 0, this.mac[5] ?? 0, 0, sequence])
    echo.writeUInt16BE(sum(echo), 2)
    const header = Buffer.from([
      0x45,
      0,
      0,
      20 + echo.length,
      0,
      0,
      0,
      0,
      64,
      1,
      0,
      0,
      ...this.address,
      ...GATEWAY,
    ])
    header.writeUInt16BE(sum(header), 10)
    this.send(this.gateway ?? this.mac, 0x0800, Buffer.concat([header, echo]))
  }

  leave(): void {
    this.plug.kill()
  }

  private send(to: Buffer, type: number, content: Buffer): void {
    const frame = Buffer.concat([to, this.mac, Buffer.from([type >> 8, type & 255]), content])
    this.plug.stdin.write(Buffer.concat([Buffer.from([frame.length >> 8, frame.length & 255]), frame]))
  }

  private read(data: Buffer): void {
    this.rest = Buffer.concat([this.rest, data])
    while (this.rest.length >= 2 && this.rest.length >= 2 + this.rest.readUInt16BE(0)) {
      const end = 2 + this.rest.readUInt16BE(0)
      this.take(this.rest.subarray(2, end))
      this.rest = this.rest.subarray(end)
    }
  }

  // What a card takes: frames for its own address. An echo reply is ICMP (protocol 1) of type 0.
  private take(frame: Buffer): void {
    if (!frame.subarray(0, 6).equals(this.mac)) return
    if (frame.readUInt16BE(12) === 0x0806) this.gateway = Buffer.from(frame.subarray(6, 12))
    else if (frame[23] === 1 && frame[34] === 0) this.answers += 1
  }
}

/** The checksum of the Internet protocols (RFC 1071), of an even number of bytes. */
function sum(bytes: Buffer): number {
  let total = 0
  for (let at = 0; at < bytes.length; at += 2) total += bytes.readUInt16BE(at)
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
  return ~total & 0xffff
}
