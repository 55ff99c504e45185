import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play } from './laboratory.ts'
import { log } from './labs.ts'
import { expectNothingLost, numbers, PROOF, startWriting, stopWriting } from './ledger.ts'
import {
  activeNode,
  errorsOf,
  expectNoChange,
  expectRefused,
  expectToServe,
  expectToStandBy,
  HOLDS_VIP,
  NODES,
  other,
  VIP,
} from './pair.ts'

// Ten moves forth and back, while rows are written at the address of the service.

const MOVES = 10

/** Where Debian's heartbeat has them. */
const TOOLS = '/usr/share/heartbeat'

/** When each node got and gave up the address, on one clock: this machine's, as the lines arrive. */
const held: { node: string; holds: boolean }[] = []
const watchers: ReturnType<typeof spawn>[] = []

function watch(node: string): void {
  const words = ['dist/lab/cli.js', 'ssh', node, '--', 'ip', '-oneline', 'monitor', 'address']
  const watcher = spawn('node', words, { stdio: ['ignore', 'pipe', 'inherit'] })
  watchers.push(watcher)
  watcher.stdout?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((one) => one.includes(` ${VIP}/`)))
      held.push({ node, holds: !line.startsWith('Deleted') })
  })
}

beforeAll(async () => {
  await converged('two-node')
  for (const node of NODES)
    await inGuest(
      node,
      "printf '[mysqld]\\nbind-address = 0.0.0.0\\n' | sudo tee /etc/mysql/mariadb.conf.d/99-proof.cnf",
    )
  const active = await activeNode()
  await inGuest(active, `sudo systemctl restart mariadb && sudo mariadb -e "${PROOF}"`)
  for (const node of NODES) watch(node)
})
afterAll(() => {
  for (const watcher of watchers) watcher.kill()
})

describe('switchover', () => {
  it('changes nothing where the service is', async () => {
    expectNoChange(await play('switchover', '-e', `to=${await activeNode()}`))
  })

  it('asks who takes over', async () => {
    const { code, events } = await play('switchover')
    expect(code).toBe(1)
    expect(JSON.stringify(events)).toContain('type -e to=NODE')
  })

  it('loses no row in ten moves, and no two nodes ever hold the address', {
    timeout: 90 * 60_000,
  }, async () => {
    await startWriting()
    let active = await activeNode()
    for (let move = 1; move <= MOVES; move += 1) {
      const target = other(active)
      const run = await play('switchover', '-e', `to=${target}`)
      expect(errorsOf(run)).toBe('')
      expect(run.tasks('changed')[0]).toBe(`${target} ${target} has the service`)
      await expectToServe(target)
      await expectToStandBy(active)
      active = target
      log(`move ${move} of ${MOVES}: ${active} serves`)
    }
    const ledger = await stopWriting()
    const found = await inGuest(active, "sudo mariadb -N -e 'SELECT id FROM proof.t'")
    expectNothingLost(ledger, numbers(found), MOVES)
    // Each one gave the address up before the other got it.
    expect(held.length).toBeGreaterThanOrEqual(2 * MOVES)
    expect(held.filter(({ holds }, index) => holds && held[index - 1]?.holds)).toEqual([])
  })

  it('goes back where its start fails at home, which heartbeat would leave with nobody', async () => {
    await converged('two-node')
    const [home, peer] = NODES
    await inGuest(home, `sudo ${TOOLS}/hb_standby all`)
    await lab.ssh(peer, `until ${HOLDS_VIP}; do sleep 1; done`)
    await inGuest(home, `sudo systemctl mask --runtime mariadb && sudo ${TOOLS}/hb_takeover all`)
    const failed = 'sudo journalctl -t cluster-watch | grep -q "could not be started here"'
    await lab.ssh(home, `until ${failed}; do sleep 1; done`)
    await lab.ssh(peer, `until ${HOLDS_VIP}; do sleep 1; done`)
    await expectToServe(peer)
    await expectToStandBy(home)
  })

  it.each<[string, (active: string, standby: string) => Promise<unknown>, RegExp]>([
    [
      'the copy of the standby is not connected',
      (_, standby) => inGuest(standby, 'sudo drbdadm disconnect r0'),
      /its connection is (StandAlone|WFConnection), not Connected/,
    ],
    [
      'heartbeat is stopped on the standby',
      (_, standby) => inGuest(standby, 'sudo systemctl stop heartbeat'),
      /heartbeat is 'inactive'/,
    ],
    ['the standby is off', (_, standby) => lab.fault('power-off', standby), /E_UNREACHABLE|UNREACHABLE/],
  ])('is refused where %s', async (_, spoil, reason) => {
    await converged('two-node')
    const active = await activeNode()
    const standby = other(active)
    await spoil(active, standby)
    const run = await play('switchover', '-e', `to=${standby}`)
    if (run.code === 3) expectRefused(run, reason)
    else
      expect({ code: run.code, errors: errorsOf(run) }).toEqual({
        code: 2,
        errors: expect.stringMatching(reason),
      })
    expect(await inGuest(active, `ip -oneline -4 address show to ${VIP}`)).not.toBe('')
  })
})
