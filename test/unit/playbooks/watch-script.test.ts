import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { watch as script } from '../../../playbooks/parts/heartbeat.mjs'
import { fencedNodes, nodes, replicating } from './fixture.ts'
import { sandbox } from './sandbox.ts'

const GOOD = ' 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----'
const ADDRESS = '3: eth1 inet 192.168.56.10/24'

interface Situation {
  vip?: string
  /** States of the two units, one round after the other; the last one stays. */
  states: string[]
  peer?: string
  drbd?: string
  rounds?: number
  cluster?: Parameters<typeof script>[0]
  /** What the database of the peer says of itself. */
  replica?: string
  /** Which node it is, what heartbeat counts as held by it, and what ResourceManager is doing there. */
  node?: string
  held?: string
  moving?: string
}

/** Lets the watcher look a few times and tells what it did. */
function watch({
  vip = ADDRESS,
  states,
  peer = 'active',
  drbd = GOOD,
  rounds = states.length,
  cluster = clusterOf(nodes()),
  replica = '',
  node = 'node1',
  held = 'transition',
  moving = '',
}: Situation) {
  const box = sandbox({
    sleep: `[ "$(grep -c '^sleep 5' "\${0%/*}/calls")" -le ${rounds} ]`,
    ip: `echo "${vip}"`,
    systemctl: `[ "$1" = is-active ] || exit 0
      round=$(grep -c '^systemctl is-active' "\${0%/*}/calls")
      for state in $(sed -n "$round{p;q}" "\${0%/*}/states"); do echo "$state"; done`,
    uname: `echo ${node}`,
    cl_status: `case $1 in listnodes) echo node1; echo node2 ;; rscstatus) printf ${held} ;; *) echo ${peer} ;; esac`,
    pgrep: `echo "${moving}"; [ "${moving}" ]`,
    mariadb: `case $1 in --defaults-file=*) echo "${replica}" ;; *) cat >/dev/null; echo 'position: 0-1-9' ;; esac`,
    logger: '',
    hb_standby: '',
  })
  writeFileSync(join(box.folder, 'states'), `${states.join('\n')}\n`)
  writeFileSync(join(box.folder, 'drbd'), `${drbd}\n`)
  const text = script(cluster)
    .reveal()
    .replace('/proc/drbd', join(box.folder, 'drbd'))
    .replace('/usr/share/heartbeat/', '')
  const { stderr } = box.run(text, '192.168.56.10', 'mariadb', 'nagios4')
  expect(stderr).toBe('')
  return box.calls(/^(hb_standby|systemctl start)/)
}

test('a service that stays down makes the node hand over', () => {
  expect(watch({ states: ['active active', 'active failed', 'active failed', 'active failed'] })).toEqual([
    'hb_standby all',
  ])
})

test.each([
  ['for five minutes nothing is handed over again', 3 + 60, ['hb_standby all']],
  ['then it is, where the service is still down', 3 + 60 + 3, ['hb_standby all', 'hb_standby all']],
])('%s', (_, rounds, done) => {
  expect(watch({ states: Array(rounds).fill('active failed') })).toEqual(done)
})

test.each([
  ['stopped', ['db-promote status', 'db-promote start']],
  ['running', ['db-promote status']],
])('a database that is %s on the node with the address', (status, calls) => {
  const box = sandbox({
    sleep: `[ "$(grep -c ^sleep "\${0%/*}/calls")" -le 1 ]`,
    ip: `echo "${ADDRESS}"`,
    systemctl: 'echo active',
    'db-promote': `echo ${status}`,
  })
  const text = script(clusterOf(nodes())).reveal().replace('/etc/ha.d/resource.d', box.folder)
  expect(box.run(text, '192.168.56.10', 'nagios4').stderr).toBe('')
  expect(box.calls(/^db-promote/)).toEqual(calls)
})

test('a database is promoted as soon as it is back, though something was handed over a moment ago', () => {
  const box = sandbox({
    sleep: `[ "$(grep -c ^sleep "\${0%/*}/calls")" -le 6 ]`,
    ip: `echo "${ADDRESS}"`,
    systemctl: 'echo failed',
    'db-promote': 'echo stopped',
    logger: '',
  })
  const text = script(clusterOf(nodes())).reveal().replace('/etc/ha.d/resource.d', box.folder)
  box.run(text, '192.168.56.10', 'nagios4')
  expect(box.calls(/^systemctl start/)).toHaveLength(1)
  expect(box.calls(/^db-promote start/)).toHaveLength(6)
})

test('a database is not left promoted where the group has gone while it started', () => {
  const box = sandbox({
    sleep: `[ "$(grep -c ^sleep "\${0%/*}/calls")" -le 1 ]`,
    ip: `grep -q '^db-promote start' "\${0%/*}/calls" || echo "${ADDRESS}"`,
    systemctl: 'echo active',
    cl_status: '',
    'db-promote': 'echo stopped',
  })
  const text = script(clusterOf(nodes())).reveal().replace('/etc/ha.d/resource.d', box.folder)
  box.run(text, '192.168.56.10', 'nagios4')
  expect(box.calls(/^db-promote (start|stop)/)).toEqual(['db-promote start', 'db-promote stop'])
})

test('a service that systemd brings back is no reason', () => {
  const blip = ['activating active', 'activating active', 'active active']
  expect(watch({ states: [...blip, ...blip] })).toEqual([])
})

test('a node without the address watches nothing: it is passive, or somebody is moving the group', () => {
  expect(watch({ vip: '', states: [], rounds: 6 })).toEqual([])
})

test.each([
  ['at home, whose start failed', { node: 'node1', held: 'local' }, ['hb_standby all']],
  ['that took over, and whose start failed', { node: 'node2', held: 'all' }, ['hb_standby all']],
  ['that is passive, and has nothing at home', { node: 'node2', held: 'local' }, []],
  ['that gave all away', { node: 'node1', held: 'none' }, []],
  ['where somebody is moving the group', { held: 'local', moving: '99 ResourceManager' }, []],
  ['that has heartbeat still at it', { held: 'transition' }, []],
  ['whose peer is dead', { held: 'local', peer: 'dead' }, []],
  ['that has looked twice', { held: 'local', rounds: 2 }, []],
])('without the address, the node %s', (_, situation, done) => {
  expect(watch({ vip: '', states: [], rounds: 3, ...situation })).toEqual(done)
})

test('a copy of the data that looks old is no reason to leave a service where it cannot be started', () => {
  const drbd = ' 0: cs:Connected ro:Secondary/Secondary ds:UpToDate/Inconsistent C r-----'
  expect(watch({ vip: '', states: [], rounds: 3, held: 'local', drbd })).toEqual(['hb_standby all'])
})

test('no answer from systemd is no failure', () => {
  expect(watch({ states: ['', '', '', ''] })).toEqual([])
})

test.each([
  ['the peer is dead', { peer: 'dead' }],
  ['its copy is old', { drbd: GOOD.replace('UpToDate C', 'Inconsistent C') }],
  ['it is not connected', { drbd: ' 0: cs:WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown C r-----' }],
])('where %s the service is started here', (_, situation) => {
  const states = ['failed active', 'failed active', 'failed active']
  expect(watch({ states, ...situation })).toEqual(['systemctl start mariadb nagios4'])
})

test('where both nodes see one disk, the heartbeat of the peer suffices', () => {
  const situation = { states: ['failed active', 'failed active', 'failed active'], drbd: 'no such file' }
  const cluster = clusterOf(fencedNodes())
  expect(watch({ ...situation, cluster })).toEqual(['hb_standby all'])
  expect(watch({ ...situation, cluster, peer: 'dead' })).toEqual(['systemctl start mariadb nagios4'])
})

test.each([
  ['has all that was written here', 'has: all ON 0', 'hb_standby all'],
  ['lacks something', 'has: all ON -1', 'systemctl start mariadb nagios4'],
  ['takes writes itself', 'has: all OFF 0', 'systemctl start mariadb nagios4'],
  ['says nothing', '', 'systemctl start mariadb nagios4'],
])('where the database of the peer %s', (_, replica, done) => {
  const cluster = clusterOf(
    replicating((vars) => {
      delete vars.storage
    }),
  )
  const states = ['failed active', 'failed active', 'failed active']
  expect(watch({ states, cluster, replica })).toEqual([done])
})
