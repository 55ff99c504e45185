import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, log, play } from './laboratory.ts'
import {
  activeNode,
  errorsOf,
  expectNoChange,
  expectRefused,
  expectToServe,
  expectToStandBy,
  NODES,
  other,
  VIP,
} from './pair.ts'

// Ten moves forth and back, while rows are written at the address of the service. Each is noted when it was acknowledged.

const MOVES = 10
const WRITER = 'node2'
const LEDGER = '/var/tmp/ledger'

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

/** A writer that notes an attempt before it begins, and an acknowledgement after it was given. */
const START_WRITER = `
  sudo sh -c 'cat >/usr/local/bin/write-rows; chmod 755 /usr/local/bin/write-rows' <<'END'
#!/bin/sh
id=0
while [ ! -e ${LEDGER}.stop ]; do
  id=$((id + 1))
  echo $id >>${LEDGER}.tried
  if mariadb -h ${VIP} -u proof -pproof --connect-timeout=5 -e "INSERT INTO proof.t VALUES ($id)" 2>/dev/null; then
    echo $id >>${LEDGER}.acked
  else
    sleep 1
  fi
done
END
  rm -f ${LEDGER}.*
  nohup /usr/local/bin/write-rows >/dev/null 2>&1 </dev/null &`

const linesOf = (node: string, file: string) =>
  inGuest(node, `cat ${file}`).then((text) => text.split('\n').map(Number))

beforeAll(async () => {
  await converged('two-node')
  for (const node of NODES)
    await inGuest(
      node,
      "printf '[mysqld]\\nbind-address = 0.0.0.0\\n' | sudo tee /etc/mysql/mariadb.conf.d/99-proof.cnf",
    )
  const active = await activeNode()
  await inGuest(
    active,
    `sudo systemctl restart mariadb && sudo mariadb -e "CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB; CREATE USER proof@'%' IDENTIFIED BY 'proof'; GRANT ALL ON proof.* TO proof@'%'"`,
  )
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
    await inGuest(WRITER, START_WRITER)
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
    await inGuest(WRITER, `touch ${LEDGER}.stop; while pgrep -f '[w]rite-rows' >/dev/null; do sleep 1; done`)
    const rows = await inGuest(active, "sudo mariadb -N -e 'SELECT id FROM proof.t'").then((text) =>
      text.split('\n').map(Number),
    )
    const [tried, acked] = [
      await linesOf(WRITER, `${LEDGER}.tried`),
      await linesOf(WRITER, `${LEDGER}.acked`),
    ]
    log(`${tried.length} rows tried, ${acked.length} acknowledged, ${rows.length} found`)
    expect(acked.length).toBeGreaterThan(MOVES)
    expect(
      acked.filter((id) => !rows.includes(id)),
      'acknowledged and lost',
    ).toEqual([])
    expect(
      rows.filter((id) => !tried.includes(id)),
      'found and never written',
    ).toEqual([])
    // Each one gave the address up before the other got it.
    expect(held.length).toBeGreaterThanOrEqual(2 * MOVES)
    expect(held.filter(({ holds }, index) => holds && held[index - 1]?.holds)).toEqual([])
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
