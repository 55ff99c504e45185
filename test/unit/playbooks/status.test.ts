import type { KnownHost, SilentHost } from 'runsheet'
import { describe, expect, test, vi } from 'vitest'
import { groupOf } from '../../../playbooks/parts/cluster.mjs'
import { saidOf } from '../../../playbooks/parts/group.mjs'
import { statusOf } from '../../../playbooks/parts/status/questions.mjs'
import { verdict } from '../../../playbooks/parts/status/verdict.mjs'
import type { Variables } from '../../../playbooks/parts/variables.mjs'
import { playbook } from '../../../playbooks/status.mjs'
import { fencedNodes, nodes } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

type Change = Readonly<Record<string, string | undefined>>

/** What two nodes of the lab said of themselves when all was well. */
const COMMON = {
  connection: 'Connected',
  disks: 'UpToDate/UpToDate',
  oos: '0',
  failing: '',
  'state:heartbeat': 'active',
  'boot:mariadb': 'disabled',
  'boot:nagios4': 'disabled',
  'boot:apache2': 'disabled',
  'boot:drbd': 'enabled',
  'boot:heartbeat': 'enabled',
  peer: 'active',
  moving: 'none',
  'link:eth1': 'up',
  'link:eth2': 'up',
  'ping:192.168.56.1': 'ping',
  failback: 'off',
  'sum:/etc/ha.d/ha.cf': 'aa',
  'sum:/etc/ha.d/haresources': 'bb',
  'sum:/etc/ha.d/authkeys': 'cc',
  'sum:/etc/drbd.d/r0.res': 'dd',
}
const ACTIVE = { vip: 'yes', mounted: 'yes', roles: 'Primary/Secondary', active: 'mariadb nagios4 apache2' }
const STANDBY = { vip: 'no', mounted: 'no', roles: 'Secondary/Primary', active: '' }

const answer = (said: Change) =>
  Object.entries(said)
    .filter(([, value]) => value !== undefined)
    .map(([word, value]) => `${word} ${value}`.trim())
    .join('\n')

/** Both nodes with what is said otherwise than when all is well; `silent` is one that cannot be reached. */
function judged(first: Change | 'silent', second: Change | 'silent', pair = nodes()) {
  const changes = [first, second]
  const known: KnownHost<Variables>[] = []
  const silent: SilentHost<Variables>[] = []
  pair.forEach((node, index) => {
    const change = changes[index]
    if (change === 'silent' || change === undefined) silent.push({ ...node, why: 'no answer within 10 s' })
    else {
      const stdout = answer({ ...COMMON, ...(index === 0 ? ACTIVE : STANDBY), ...change })
      known.push({ ...node, facts: { status: { exitCode: 0, stdout, stderr: '' } } })
    }
  })
  const { exitCode, lines, data } = verdict(known, silent)
  const findings = lines.flatMap((line) => / {2}(?:CRITICAL|WARNING|UNKNOWN) +(.*)/.exec(line)?.[1] ?? [])
  const row = (word: string) =>
    lines
      .find((line) => line.startsWith(`  ${word}`))
      ?.slice(13)
      .trim()
  return {
    exitCode,
    first: lines[0],
    lines,
    data,
    findings,
    failOver: row('fail over'),
    lost: row('lost by it'),
  }
}

describe('healthy', () => {
  test('is said on one screen', () => {
    const { exitCode, lines } = judged({}, {})
    expect(exitCode).toBe(0)
    expect(lines).toEqual([
      'CLUSTER OK - cluster: node1 serves 192.168.56.10, node2 can take over, nothing would be lost',
      '',
      'cluster',
      '  active      node1',
      '  fail over   yes, to node2',
      '  lost by it  nothing',
      '  node1       holds 192.168.56.10, Primary UpToDate, /mnt/shared mounted, runs mariadb nagios4 apache2; heartbeat active, hears its peer on eth1 eth2',
      '  node2       standby, Secondary UpToDate, /mnt/shared not mounted, runs none of the services; heartbeat active, hears its peer on eth1 eth2',
      '  fencing     none',
    ])
  })

  test('is told to programs, too', () => {
    expect(judged({}, {}).data).toMatchObject({
      state: 'OK',
      clusters: [
        {
          cluster: 'cluster',
          active: ['node1'],
          failover: { safe: true, to: 'node2', lost: [] },
          findings: [],
        },
      ],
    })
  })
})

test('a unit of DRBD 9, which is a target, is asked by its own name', () => {
  const [node] = nodes(({ storage }) => {
    if (storage?.kind === 'drbd') storage.version = '9'
  })
  // As systemctl(1) has it, a name without a suffix is one of a service.
  const systemctl = `
    [ "$1" != is-active ] || exit 3
    for unit do
      case $unit in -* | show) continue ;; *.service | *.target) ;; *) unit=$unit.service ;; esac
      case $unit in drbd@r0.target | heartbeat.service) state=enabled ;; *) state= ;; esac
      printf 'Id=%s\\nActiveState=active\\nUnitFileState=%s\\n\\n' $unit $state
    done`
  const { stdout } = sandbox({ systemctl }).run(statusOf(groupOf(node.vars)).text)
  expect(saidOf(stdout)).toMatchObject({ 'boot:drbd@r0.target': 'enabled', 'boot:heartbeat': 'enabled' })
})

const GONE = { peer: 'dead', 'link:eth1': 'dead', 'link:eth2': 'dead' }
const ALONE = { connection: 'WFConnection', roles: 'Primary/Unknown', disks: 'UpToDate/DUnknown', oos: '312' }

/** The state, what node1 and node2 say of it, the exit code, what is found, and what would be lost. */
const STATES: [string, Change | 'silent', Change | 'silent', number, (string | RegExp)[], string][] = [
  [
    'degraded: the standby is off',
    { ...GONE, ...ALONE },
    'silent',
    1,
    [
      'node2 says nothing: no answer within 10 s',
      "to node1's heartbeat the peer is dead",
      'DRBD r0 of node1 is not connected (WFConnection)',
    ],
    'what node2 has not got: 312 KiB',
  ],
  [
    'degraded: the standby is off, and the device does not say that it has been reset',
    { ...GONE, ...ALONE, held: 'yes' },
    'silent',
    2,
    [
      "DRBD r0 of node1 holds all writes until it hears node2 or has had it reset; where node2 is off for sure and cannot be reset: 'drbdadm resume-io r0' on node1",
      'node2 says nothing: no answer within 10 s',
      "to node1's heartbeat the peer is dead",
      'DRBD r0 of node1 is not connected (WFConnection)',
    ],
    'what node2 has not got: 312 KiB',
  ],
  [
    'degraded: the active node is off and nobody has taken over yet',
    'silent',
    { ...GONE, connection: 'WFConnection', roles: 'Secondary/Unknown' },
    2,
    ['no node is seen to hold 192.168.56.10', /^node1 says nothing/, /peer is dead/, /not connected/],
    'not known',
  ],
  [
    'the active node is out of reach from here alone',
    'silent',
    {},
    1,
    [/^node1 says nothing/, 'no node is seen to hold 192.168.56.10'],
    'not known',
  ],
  [
    'degraded: the end of a copy was missed',
    { connection: 'SyncSource', disks: 'UpToDate/Inconsistent', oos: '0' },
    {},
    1,
    [
      "node2 is being copied to, 0 KiB are left: if this stays so, have node2 tell its end again: 'drbdadm pause-sync r0 && drbdadm resume-sync r0' there",
    ],
    'what node2 has not got: 0 KiB',
  ],
  [
    'degraded: a copy is running',
    { connection: 'SyncSource', disks: 'UpToDate/Inconsistent', oos: '1024' },
    { connection: 'SyncTarget', disks: 'Inconsistent/UpToDate', oos: '1024' },
    1,
    [
      'node2 is being copied to, 1024 KiB are left',
      'DRBD r0 of node2 is not connected (SyncTarget)',
      'the copy of DRBD r0 on node2 is Inconsistent',
    ],
    'what node2 has not got: 1024 KiB, and all that node2 has not got',
  ],
  [
    'degraded: the standby is Outdated',
    { ...ALONE, disks: 'UpToDate/Outdated' },
    { connection: 'WFConnection', roles: 'Secondary/Unknown', disks: 'Outdated/DUnknown' },
    1,
    [/of node1 is not connected/, /of node2 is not connected/, 'the copy of DRBD r0 on node2 is Outdated'],
    'what node2 has not got: 312 KiB, and all that node2 has not got',
  ],
  [
    'degraded: the active node has lost its disk',
    { disks: 'Diskless/UpToDate' },
    { disks: 'UpToDate/Diskless' },
    1,
    ['node1 has lost its disk of DRBD r0 and works with that of its peer'],
    'nothing, but one copy is left',
  ],
  [
    'degraded: the standby has lost its disk',
    { disks: 'UpToDate/Diskless' },
    { disks: 'Diskless/UpToDate' },
    1,
    ['node2 has lost its disk of DRBD r0'],
    'all that node2 has not got',
  ],
  [
    'split: two hold the address and write',
    { ...GONE, connection: 'StandAlone', roles: 'Primary/Unknown' },
    { ...GONE, ...ACTIVE, connection: 'StandAlone', roles: 'Primary/Unknown' },
    2,
    [
      'node1 and node2 both hold 192.168.56.10; stop heartbeat on one of them now',
      /both run: they do not hear each other/,
      /both run: they do not hear each other/,
      'DRBD r0 is Primary on node1 and node2: two nodes write',
      'the file system is mounted on node1 and node2',
      'DRBD r0 of node1 is StandAlone: it refuses its peer, as after a split brain',
      'DRBD r0 of node2 is StandAlone: it refuses its peer, as after a split brain',
    ],
    'what one of the two has written',
  ],
  [
    'down: nobody serves',
    { ...STANDBY, roles: 'Secondary/Secondary' },
    { roles: 'Secondary/Secondary' },
    2,
    ['no node is seen to hold 192.168.56.10'],
    'not known',
  ],
  [
    'down: a service has stopped, another does not answer',
    { active: 'mariadb apache2', failing: 'mariadb' },
    {},
    2,
    ['nagios4 is down on node1, which holds the address', 'mariadb does not answer on node1'],
    'not known',
  ],
  [
    'split: two hold the address, and both are still busy with it',
    { moving: 'transition' },
    { ...ACTIVE, moving: 'transition' },
    2,
    [
      'node1 and node2 both hold 192.168.56.10; stop heartbeat on one of them now',
      'DRBD r0 is Primary on node1 and node2: two nodes write',
      'the file system is mounted on node1 and node2',
    ],
    'what one of the two has written',
  ],
  ['moving', { moving: 'transition' }, {}, 1, ['heartbeat is moving the service'], 'not known'],
  [
    'standby unsafe: heartbeat is stopped there',
    GONE,
    { 'state:heartbeat': 'inactive', peer: undefined },
    1,
    ['node2 cannot take over: heartbeat is inactive there', "to node1's heartbeat the peer is dead"],
    'not known',
  ],
  [
    'standby unsafe: heartbeat was killed where the service runs',
    { 'state:heartbeat': 'failed', peer: undefined },
    GONE,
    2,
    ['heartbeat is failed on node1, which holds the address', "to node2's heartbeat the peer is dead"],
    'not known',
  ],
  [
    'standby unsafe: its units would start at boot, and DRBD and heartbeat would not',
    {},
    { 'boot:mariadb': 'enabled', 'boot:drbd': 'disabled', 'boot:heartbeat': 'disabled' },
    1,
    [
      'mariadb would start on node2 at boot, beside heartbeat: disable it',
      'drbd does not start on node2 at boot: enable it',
      'heartbeat does not start on node2 at boot: enable it',
    ],
    'not known',
  ],
  [
    'standby unsafe: it runs a service already',
    {},
    { active: 'apache2' },
    1,
    ['apache2 runs on node2, which does not hold the address'],
    'not known',
  ],
  [
    'standby unsafe: no fencing and a link is down',
    { 'link:eth2': 'dead' },
    { 'link:eth2': 'dead' },
    1,
    [
      'node1 does not hear its peer on eth2: without fencing, one more lost link makes both active',
      'node2 does not hear its peer on eth2: without fencing, one more lost link makes both active',
    ],
    'not known',
  ],
  [
    'standby unsafe: the nodes are configured differently',
    {},
    { 'sum:/etc/ha.d/authkeys': 'other', 'sum:/etc/drbd.d/r0.res': undefined, failback: undefined },
    1,
    [
      'ha.cf of node2 does not say auto_failback off: a node that comes back takes over',
      '/etc/ha.d/authkeys differs between node1 and node2',
      'node2 has no /etc/drbd.d/r0.res',
    ],
    'not known',
  ],
  [
    'standby unsafe: it does not reach the gateway',
    {},
    { 'ping:192.168.56.1': 'dead' },
    1,
    ['node2 does not reach 192.168.56.1, so heartbeat prefers the other node'],
    'not known',
  ],
  [
    'standby unsafe: a restore has failed there, and nobody would hand a crashed service over',
    {},
    { watch: 'paused' },
    1,
    [
      'crashed services of node2 are not handed over (/run/cluster-watch.paused): a restore is at work or has failed; run restore.mjs again',
    ],
    'not known',
  ],
  [
    'not well: half of a restore is served, and the boot since has forgotten all else of it',
    { half: 'database files' },
    {},
    2,
    [
      'the databases are half restored, by what is on node1 (/var/lib/cluster-restore.database): a restore is at work or has failed; run restore.mjs again',
      'the files are half restored, by what is on node1 (/var/lib/cluster-restore.files): a restore is at work or has failed; run restore.mjs again',
    ],
    'not known',
  ],
  ['unknown: nobody answers', 'silent', 'silent', 3, [/^node1/, /^node2/, /no node/], 'not known'],
]

test.each(STATES)('%s', (_, first, second, exitCode, findings, lost) => {
  const seen = judged(first, second)
  expect(seen.findings).toEqual(
    findings.map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
  )
  expect({ exitCode: seen.exitCode, failOver: seen.failOver, lost: seen.lost }).toEqual({
    exitCode,
    failOver: 'no, not now',
    lost,
  })
  expect(seen.first).toMatch(/^CLUSTER (WARNING|CRITICAL|UNKNOWN) - cluster: .*do not fail over now: /)
})

describe('with fencing', () => {
  const here = { disk: 'seen', holder: 'own', fencing: 'ok' }
  const there = { ...here, holder: 'peer' }
  const fenced = (first: Change, second: Change) =>
    judged({ ...here, ...first }, { ...there, ...second }, fencedNodes())
  const silent = (name: string) =>
    `the fencing device that ${name} asks does not answer: nobody would take over from a silent node`

  test('all is well while both devices answer', () => {
    expect(fenced({}, {})).toMatchObject({ exitCode: 0, failOver: 'yes, to node2', findings: [] })
  })

  test.each<[string, Change, Change, string[]]>([
    ['that of the standby is silent', {}, { fencing: 'silent' }, ['node2']],
    ['that of the active node is silent', { fencing: 'silent' }, {}, ['node1']],
    ['nothing was said of either', { fencing: undefined }, { fencing: undefined }, ['node1', 'node2']],
  ])('nobody can take over: %s', (_, first, second, names) => {
    const { exitCode, failOver, findings, lines } = fenced(first, second)
    expect({ exitCode, failOver, findings }).toEqual({
      exitCode: 1,
      failOver: 'no, not now',
      findings: names.map(silent),
    })
    expect(lines[0]).toContain(`do not fail over now: ${silent(names[0] ?? '')}`)
  })

  test.each([
    ['answers', 'exit 0', 'fencing ok'],
    ['says that it cannot', 'echo no answer >&2; exit 1', 'fencing silent'],
    ['says nothing for too long', 'exit 124', 'fencing silent'],
  ])('a node asks its device, in bounded time: it %s', (_, timeout, told) => {
    const [node] = fencedNodes()
    const there = sandbox({ timeout, ip: ':', systemctl: ':', cl_status: 'exit 1', sha256sum: 'exit 1' })
    const { exitCode, stdout, stderr } = there.run(statusOf(groupOf(node.vars)).text)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout.split('\n').filter((line) => line.startsWith('fencing'))).toEqual([told])
    expect(there.calls(/^timeout/)).toEqual([
      'timeout -k 2 20 stonith -t external/stand-back -F /etc/ha.d/stonith.conf -S',
    ])
  })
})

test('a node that cannot tell is as one that says nothing', () => {
  const [first, second] = nodes()
  const facts = { status: { exitCode: 127, stdout: 'vip yes\n', stderr: 'ip: not found\n' } }
  expect(verdict([{ ...first, facts }], [{ ...second, why: 'away' }]).lines.join('\n')).toContain(
    'node1 says nothing: the question ended with exit 127: ip: not found',
  )
})

test('of a node that was left out by --limit nothing is assumed', () => {
  const [first] = nodes()
  const facts = { status: { exitCode: 0, stdout: answer({ ...COMMON, ...ACTIVE }), stderr: '' } }
  const { exitCode, lines } = verdict([{ ...first, facts }], [])
  expect(exitCode).toBe(3)
  expect(lines[0]).toBe(
    'CLUSTER UNKNOWN - cluster: node1 serves 192.168.56.10, do not fail over now: of its cluster node1 alone was asked',
  )
})

test('the question is understood by a shell, and asks heartbeat only where it answers', () => {
  const question = playbook.facts?.(nodes()[0]).status?.text ?? ''
  const there = sandbox({
    ip: "echo '2: eth1 inet 192.168.56.10/24'",
    systemctl:
      'case $1 in is-active) printf "active\\ninactive\\nactive\\n" ;; show) printf "Id=mariadb.service\\nActiveState=active\\nUnitFileState=disabled\\n\\nId=heartbeat.service\\nActiveState=active\\nUnitFileState=enabled\\n" ;; esac',
    cl_status:
      'case $1 in listnodes) uname -n; echo other ;; nodestatus) echo active ;; *) echo "$1" ;; esac',
    'mariadb-admin': 'exit 1',
    sha256sum: 'echo "abc  /etc/ha.d/ha.cf"',
    grep: 'case $* in *failback*) exit 0 ;; esac\nexec /bin/grep "$@"',
  })
  const { exitCode, stdout, stderr } = there.run(question)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      'vip yes',
      'active mariadb apache2',
      'failing mariadb nagios4',
      'state:mariadb active',
      'boot:mariadb disabled',
      'boot:heartbeat enabled',
      'peer active',
      'moving rscstatus',
      'link:eth1 hblinkstatus',
      'failback off',
      'sum:/etc/ha.d/ha.cf abc',
    ]),
  )
  const paused = question.replace('[ ! -e /run/cluster-watch.paused ]', '[ ! -e / ]')
  expect(there.run(paused).stdout).toMatch(/^watch paused$/m)
  expect(stdout).not.toMatch(/^watch/m)
  const half = question.replace('[ ! -e /var/lib/cluster-restore.files ]', '[ ! -e / ]')
  expect(there.run(half).stdout).toMatch(/^half files$/m)
  expect(stdout).not.toMatch(/^half/m)
  const bare = sandbox({ ip: ':', systemctl: ':', cl_status: 'exit 1', sha256sum: 'exit 1' })
  expect(bare.run(question)).toMatchObject({ exitCode: 0, stderr: '' })
})
