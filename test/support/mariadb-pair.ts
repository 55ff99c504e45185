import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { COPY_PORT } from '../../lib/replication/index.ts'
import type { Guard, Task } from '../../lib/resource/contract.ts'
import { Secret } from '../../lib/secret.ts'
import { Shell } from '../../lib/shell/sh.ts'
import { clusterOf } from '../../playbooks/parts/cluster.mjs'
import { promotionScript, settings } from '../../playbooks/parts/database/replication.mjs'
import { replicating } from '../unit/playbooks/fixture.ts'
import { type MariaDb, startMariaDb } from './mariadb.ts'

export type Node = 'node1' | 'node2'
export const other = (node: Node): Node => (node === 'node1' ? 'node2' : 'node1')

const USER = 'replication'
const PASSWORD = 'correct-horse-battery'
const PRIVILEGES =
  'REPLICATION SLAVE, REPLICATION CLIENT, RELOAD, LOCK TABLES, SELECT, SHOW VIEW, TRIGGER, EVENT'

/**
 * Two servers with the settings of the playbook. The shell of a host (`$TEST_HOST`) reaches its own one by `mariadb`, and the
 * other one by the option file of the peer, as on a node; the rest of the node lies in a folder of its own.
 */
export interface Pair extends Record<Node, MariaDb> {
  folder: string
  /** Where a physical copy is offered; `COPY_PORT` may be another test's. */
  copyPort: number
  source: (node: Node) => { host: string; port: number; user: string; password: Secret }
  /** The task with the node's own folder in place of the paths of root, and the pair's port in place of the usual one. */
  onNode: (task: Task) => Task
  /** What a script prints in the shell of a node. */
  sh: (node: Node, script: string) => string
  /** Runs db-promote on a node. */
  promote: (node: Node, verb: string) => { code: number | null; stdout: string; stderr: string }
  /** What db-promote remembers on a node. */
  remembered: (node: Node) => string
  stop: () => Promise<void>
}

export async function startPair(): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-pair-'))
  // The servers run as nobody and read their settings there.
  chmodSync(folder, 0o755)
  const ports = { node1: await freePort(), node2: await freePort() }
  const start = (node: Node) => startMariaDb(optionsOf(folder, node, ports[node]))
  const pair = { node1: await start('node1'), node2: await start('node2') }
  const remembered = (node: Node) => join(folder, node, 'db-promote')
  for (const node of ['node1', 'node2'] as const) {
    mkdirSync(remembered(node))
    writeFileSync(
      join(folder, node, 'db-peer.cnf'),
      `[client]\nhost=127.0.0.1\nport=${ports[other(node)]}\nuser=${USER}\npassword="${PASSWORD}"\n`,
    )
  }
  writeTools(folder, pair)
  const guards = new Map<Guard, Guard>()
  const environment = (node: Node) => ({
    ...process.env,
    PATH: `${folder}/bin:${process.env.PATH}`,
    TEST_HOST: node,
  })
  const copyPort = await freePort()
  const inside = (text: string) =>
    text
      .replaceAll('/var/lib/db-promote', `${folder}/$TEST_HOST/db-promote`)
      .replaceAll(`:${COPY_PORT},`, `:${copyPort},`)
  writeFileSync(
    join(folder, 'db-promote'),
    inside(promotionScript({ deadtime: 0, tools: '/usr/share/heartbeat' }).reveal()),
    {
      mode: 0o755,
    },
  )
  pair.node1.query(`SET GLOBAL read_only = 0; CREATE USER ${USER}@127.0.0.1 IDENTIFIED BY '${PASSWORD}';
    GRANT ${PRIVILEGES} ON *.* TO ${USER}@127.0.0.1; SET GLOBAL read_only = 1`)
  return {
    ...pair,
    folder,
    copyPort,
    source: (node) => ({
      host: '127.0.0.1',
      port: ports[node],
      user: USER,
      password: new Secret('replication password', PASSWORD),
    }),
    onNode: (task) => moved(task, inside, guards),
    sh: (node, input) => spawnSync('sh', { input, env: environment(node), encoding: 'utf8' }).stdout,
    promote: (node, verb) => {
      const env = environment(node)
      const { status, stdout, stderr } = spawnSync(join(folder, 'db-promote'), [verb], {
        env,
        encoding: 'utf8',
      })
      return { code: status, stdout, stderr }
    },
    remembered,
    stop: async () => {
      await Promise.all([pair.node1.stop(), pair.node2.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What the playbook writes, and over it what two servers on one machine cannot share. */
function optionsOf(folder: string, node: Node, port: number): string[] {
  const [first, second] = replicating()
  const host = node === 'node1' ? first : second
  const { database } = host.vars
  if (database.mode !== 'replication') throw new TypeError('the fixture is no pair that replicates')
  const cluster = clusterOf([first, second])
  const file = join(folder, `${node}.cnf`)
  mkdirSync(join(folder, node))
  writeFileSync(file, settings(database, cluster, host).reveal())
  const small = '--innodb-buffer-pool-size=16M'
  return [`--defaults-file=${file}`, '--bind-address=127.0.0.1', `--port=${port}`, small]
}

function writeTools(folder: string, pair: Record<Node, MariaDb>): void {
  const tools = {
    mariadb: `#!/bin/sh
case $TEST_HOST in node1) socket=${pair.node1.socket} ;; *) socket=${pair.node2.socket} ;; esac
case $1 in
  --defaults-file=*) shift; exec /usr/bin/mariadb --defaults-file=${folder}/$TEST_HOST/db-peer.cnf "$@" ;;
  *) exec /usr/bin/mariadb --no-defaults --socket=$socket --user=root "$@" ;;
esac`,
    'mariadb-dump': `#!/bin/sh
shift
exec /usr/bin/mariadb-dump --defaults-file=${folder}/$TEST_HOST/db-peer.cnf "$@"`,
    // Heartbeat runs where a test says so.
    systemctl: `#!/bin/sh
echo "$*" >>${folder}/$TEST_HOST/systemctl
case $TEST_HOST in
node1) socket=${pair.node1.socket} server="${pair.node1.command.join(' ')}" ;;
*) socket=${pair.node2.socket} server="${pair.node2.command.join(' ')}" ;;
esac
case "$*" in
  stop*mariadb*) mariadb-admin --no-defaults --socket=$socket --user=root shutdown ;;
  start*mariadb*)
    mariadb -e 'DO 1' 2>/dev/null && exit
    setsid $server >/dev/null 2>&1 </dev/null &
    until mariadb -e 'DO 1' 2>/dev/null; do sleep 0.1; done ;;
  is-active*heartbeat*) [ ! -e ${folder}/$TEST_HOST/heartbeat ] || echo active ;;
  is-active*runsheet-copy*) [ -e ${folder}/$TEST_HOST/offer ] ;;
  is-active*) mariadb -e 'DO 1' 2>/dev/null && echo active || echo failed ;;
esac`,
    'mariadb-backup': `#!/bin/sh
case $TEST_HOST in node1) socket=${pair.node1.socket} ;; *) socket=${pair.node2.socket} ;; esac
case $1 in
  --backup) shift; exec /usr/bin/mariadb-backup --no-defaults --backup --socket=$socket --datadir=\${socket%/socket}/data "$@" ;;
  *) exec /usr/bin/mariadb-backup --no-defaults "$@" ;;
esac`,
    'systemd-run': `#!/bin/sh
while case $1 in --*) ;; *) false ;; esac; do shift; done
: >${folder}/$TEST_HOST/offer
{ "$@"; rm ${folder}/$TEST_HOST/offer; } >${folder}/$TEST_HOST/offer.log 2>&1 </dev/null &`,
    restorecon: `#!/bin/sh
echo "$*" >>${folder}/$TEST_HOST/restorecon`,
    logger: '#!/bin/sh',
    // Heartbeat takes the peer for dead, unless a test says otherwise.
    cl_status: `#!/bin/sh
case $1 in
  listnodes) uname -n; echo the-peer ;;
  nodestatus) cat ${folder}/$TEST_HOST/heard 2>/dev/null || echo dead ;;
esac`,
    // Who holds the address of the service: nobody, unless a test says so.
    ip: `#!/bin/sh
[ ! -e ${folder}/$TEST_HOST/address ] || echo "2: eth1 inet 192.168.56.10/24"`,
  }
  mkdirSync(join(folder, 'bin'))
  for (const [name, text] of Object.entries(tools))
    writeFileSync(join(folder, 'bin', name), `${text}\n`, { mode: 0o755 })
}

/** One guard stays one: hosts that share it are judged together. */
function moved(task: Task, inside: (text: string) => string, guards: Map<Guard, Guard>): Task {
  const shell = ({ text, secrets }: Shell) => new Shell(inside(text), secrets)
  const { guard, when } = task
  if (guard && !guards.has(guard)) {
    const ask = Object.fromEntries(Object.entries(guard.ask).map(([name, one]) => [name, shell(one)]))
    guards.set(guard, { ...guard, ask, recheck: shell(guard.recheck) })
  }
  return {
    ...task,
    probe: shell(task.probe),
    apply: shell(task.apply),
    when: when && { ...when, test: shell(when.test) },
    guard: guard && guards.get(guard),
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
