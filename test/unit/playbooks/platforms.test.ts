import { spawnSync } from 'node:child_process'
import type { Task } from 'runsheet'
import { expect, test, vi } from 'vitest'
import { applicationOf } from '../../../playbooks/parts/applications.mjs'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { haCf, haresources } from '../../../playbooks/parts/heartbeat.mjs'
import { otherPlatform, platformNames, platformOf } from '../../../playbooks/parts/platforms/index.mjs'
import { packagedForBackup } from '../../../playbooks/parts/platforms/rules.mjs'
import { rules } from '../../../playbooks/parts/rules.mjs'
import { type Variables, variables } from '../../../playbooks/parts/variables.mjs'
import { playbook } from '../../../playbooks/two-node.mjs'
import { fencedNodes, nodes, replicating } from './fixture.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const on = (platform: Variables['platform']) =>
  nodes((vars) => {
    vars.platform = platform
  })

function tasksOn(platform: Variables['platform']): Task[] {
  return playbook.plays(on(platform)).flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))
}

const problems = (hosts: ReturnType<typeof nodes>) =>
  rules.flatMap((rule) => rule(hosts)).map(({ message }) => message)

test('the inventory may name every platform of the table, and no other', () => {
  const named = platformNames.map((platform) => variables.shape.platform.safeParse(platform).success)
  expect(named).toEqual(platformNames.map(() => true))
  expect(variables.shape.platform.safeParse('suse').success).toBe(false)
  expect(variables.shape.platform.parse(undefined)).toBe('debian-12')
})

test.each([
  ['debian-11', '/usr/lib/heartbeat', '/etc/mysql/mariadb.conf.d/90-cluster.cnf', 'chrony', 'drbd-utils'],
  ['debian-12', '/usr/libexec/heartbeat', '/etc/mysql/mariadb.conf.d/90-cluster.cnf', 'chrony', 'drbd-utils'],
  ['debian-13', '/usr/libexec/heartbeat', '/etc/mysql/mariadb.conf.d/90-cluster.cnf', 'chrony', 'drbd-utils'],
  ['el6', '/usr/lib64/heartbeat', '/etc/my.cnf', 'ntpd', 'kmod-drbd84 drbd84-utils'],
  ['el7', '/usr/libexec/heartbeat', '/etc/my.cnf.d/zz-cluster.cnf', 'chronyd', 'kmod-drbd84 drbd84-utils'],
  [
    'el8',
    '/usr/libexec/heartbeat',
    '/etc/my.cnf.d/zz-cluster.cnf',
    'chronyd',
    'kmod-drbd84 drbd84-utils drbddisk',
  ],
  [
    'el9',
    '/usr/libexec/heartbeat',
    '/etc/my.cnf.d/zz-cluster.cnf',
    'chronyd',
    'kmod-drbd84 drbd84-utils drbddisk',
  ],
  [
    'el10',
    '/usr/libexec/heartbeat',
    '/etc/my.cnf.d/zz-cluster.cnf',
    'chronyd',
    'kmod-drbd84 drbd84-utils drbddisk',
  ],
] as const)('%s', (platform, programs, settings, clock, drbd) => {
  const facts = platformOf({ platform })
  expect([
    facts.heartbeat.programs,
    facts.database.settings,
    facts.clock,
    facts.packages.drbd['8.4'].join(' '),
  ]).toEqual([programs, settings, clock, drbd])
})

test.each([
  ['debian-12', 'debian 12', undefined],
  ['debian-11', 'debian 11.11', undefined],
  ['el9', 'rocky 9.4', undefined],
  ['el9', 'almalinux 9.6', undefined],
  ['el7', 'centos 7', undefined],
  ['el6', 'redhat 6.10', undefined],
  ['el8', 'centos 8', undefined],
  ['el8', 'centos-stream 8', 'which is not supported; what is: '],
  ['el9', 'centos-stream 9', 'which is not supported; what is: '],
  ['debian-12', 'debian 13', 'write platform: debian-13'],
  ['debian-12', 'rocky 9.4', 'write platform: el9'],
  ['el9', 'rhel 8.10', 'write platform: el8'],
  [
    'el9',
    'fedora 42',
    'which is not supported; what is: Debian 11, Debian 12, Debian 13, EL 7, EL 8, EL 9, EL 10',
  ],
  ['debian-12', 'arch', 'which is not supported; what is: '],
  ['debian-12', '', 'which is not supported; what is: '],
] as const)('%s where a host says %s: %s', (platform, found, advice) => {
  const [problem, ...more] = otherPlatform(platform, found)
  expect(more).toEqual([])
  if (advice === undefined) expect(problem).toBeUndefined()
  else expect(problem).toContain(advice)
})

test('what a platform cannot do is told before any contact', () => {
  expect(problems(on('el9'))).toEqual([])
  expect(problems(on('el6'))).toContainEqual(expect.stringMatching(/^no cluster is made of EL 6: .* systemd/))
  const old = replicating((vars) => {
    vars.platform = 'el7'
  })
  expect(problems(old)).toContainEqual('the database of EL 7 knows no GTID to replicate by')
  const repositories = [{ name: 'own', baseurls: ['http://packages.example.org/el9'], trusted: true }]
  const named = (platform: Variables['platform']) =>
    problems(nodes((vars) => Object.assign(vars, { platform, repositories })))
  expect(named('el9')).toEqual([])
  expect(named('debian-12')).toContainEqual(
    'repositories are sources of RPM packages, and Debian 12 takes those of apt',
  )
  const [first, second] = nodes((vars) => {
    vars.platform = 'el9'
    if (vars.storage?.kind === 'drbd') vars.storage.version = '8.3'
  })
  expect(problems([first, second])).toContainEqual('nobody packages DRBD 8.3 for EL 9')
  const [one, other] = nodes((vars, number) => {
    vars.platform = number === 1 ? 'el9' : 'el8'
  })
  expect(problems([one, other])).toContainEqual(expect.stringMatching(/^platform differs from that of node1/))
})

test('EL 9 as it is rendered: sources, packages, firewall and labels before any service', () => {
  const repositories = [{ name: 'heartbeat', baseurls: ['file:///srv/heartbeat'], trusted: true }]
  const hosts = nodes((vars) => Object.assign(vars, { platform: 'el9', repositories }))
  const [base] = playbook.plays(hosts)
  const tasks = base?.tasks(hosts[0]) ?? []
  expect(tasks.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'host-entry 192.168.56.11',
    'host-entry 192.168.56.12',
    'group mysql',
    'group nagios',
    'user mysql',
    'user nagios',
    'yum-repository heartbeat',
    'package dnf-plugins-core',
    'command the repository highavailability is enabled',
    'package epel-release elrepo-release',
    'package chrony heartbeat kmod-drbd84 drbd84-utils drbddisk mariadb-server nagios httpd',
    'firewall heartbeat',
    'firewall drbd',
    'firewall application-80',
    'package policycoreutils-python-utils',
    'se-context /mnt/shared/mysql',
    'se-context /mnt/shared/etc/nagios',
    'se-context /mnt/shared/var/spool/nagios',
    'se-context /mnt/shared/var/log/nagios',
    'service chronyd',
    'service mariadb',
    'service nagios',
    'service httpd',
    'directory /etc/systemd/system/heartbeat.service.d',
    'file /etc/systemd/system/heartbeat.service.d/again.conf',
    'file /etc/systemd/system/heartbeat.service.d/missed.conf',
    'file /etc/ha.d/stop',
    'file /etc/systemd/system/heartbeat.service.d/stop.conf',
    'kernel-module drbd',
    'command no clustered service runs without the storage',
    'directory /mnt/shared',
    'mount /mnt/shared',
    'command nothing can be written to the bare /mnt/shared',
    'file /etc/ha.d/outdate-peer',
    'file /etc/ha.d/end-of-copy',
    'file /etc/drbd.d/r0.res',
    'file /etc/my.cnf.d/zz-cluster.cnf',
    "command messages of heartbeat's scripts arrive whole",
    'file /etc/ha.d/resource.d/unit',
    'file /etc/ha.d/watch',
    'file /etc/ha.d/haresources',
    'file /etc/ha.d/ha.cf',
  ])
  const conditional = tasks.filter(({ when }) => when).map(({ when }) => when?.otherwise)
  expect(new Set(conditional)).toEqual(
    new Set([
      'this system has no repository highavailability; the inventory has to name one with the package resource-agents',
      'firewalld does not run',
      'SELinux is off',
      'the shared storage is mounted here',
    ]),
  )
  const cluster = clusterOf(hosts)
  expect(haCf(cluster).reveal()).toContain('\nrespawn hacluster /usr/libexec/heartbeat/ipfail\n')
  expect(haresources(cluster).reveal()).toContain(
    'node1 drbddisk::r0 Filesystem::/dev/drbd0::/mnt/shared::ext4 unit::mariadb unit::nagios unit::httpd IPaddr2',
  )
})

test('a new shared file system gets a label before anything is made in it, where there are labels', () => {
  const label = 'command /mnt/shared has the label of its place'
  const names = (platform: Variables['platform']) => tasksOn(platform).map(({ kind, id }) => `${kind} ${id}`)
  const el = names('el9')
  expect(el.indexOf(label)).toBe(el.lastIndexOf('mount /mnt/shared') + 1)
  expect(names('debian-12')).not.toContain(label)
})

test.each([
  ['debian-12', 'apache2'],
  ['el7', 'httpd'],
  ['el9', 'httpd'],
] as const)('opsview is served on %s by %s', (platform, unit) => {
  expect(applicationOf({ application: 'opsview', platform })?.services.at(-1)).toEqual({ unit })
})

test('what is saved of a database is refused where nobody packages the programs', () => {
  expect(packagedForBackup(on('el9'))).toEqual([])
  expect(packagedForBackup(on('debian-12'))).toEqual([])
  expect(packagedForBackup(on('el7')).map(({ message }) => message)).toEqual(
    Array(2).fill('the database of EL 7 has none of the programs that save it: mariadb-dump, mariadb-backup'),
  )
})

test('DRBD 9 has the names that ELRepo gives it for each release', () => {
  const of = (platform: Variables['platform']) => platformOf({ platform }).packages.drbd['9'].join(' ')
  expect([of('el7'), of('el8'), of('el9')]).toEqual([
    'kmod-drbd90 drbd90-utils',
    'kmod-drbd90 drbd90-utils',
    'kmod-drbd9x drbd9x-utils',
  ])
})

test('what a plugin of fencing needs has the name that the platform gives it', () => {
  const names = (platform: Variables['platform']) => {
    const [node] = fencedNodes()
    if (node.vars.fencing !== 'none') node.vars.fencing.plugin = 'external/rackpdu'
    node.vars.platform = platform
    return clusterOf([node]).packages
  }
  expect(names('debian-12')).toContain('snmp')
  expect(names('el9')).toContain('net-snmp-utils')
})

test('only Enterprise Linux gets repositories, a firewall and labels', () => {
  const kinds = (platform: Variables['platform']) => new Set(tasksOn(platform).map(({ kind }) => kind))
  for (const platform of ['debian-11', 'debian-12', 'debian-13'] as const)
    for (const kind of ['yum-repository', 'firewall', 'se-context'])
      expect([platform, kinds(platform).has(kind)]).toEqual([platform, false])
  expect(
    tasksOn('el7')
      .find(({ id }) => id.includes('CentOS-Base'))
      ?.text?.desired.reveal(),
  ).toContain('baseurl=https://vault.centos.org/7.9.2009/updates/$basearch/')
  expect(tasksOn('el8').map(({ id }) => id)).toContain('packages of mariadb come from the stream 10.5')
  expect(tasksOn('el8').map(({ id }) => id)).toContain('the repository ha is enabled')
  expect(
    tasksOn('el7')
      .map(({ id }) => id)
      .filter((id) => /^the repository/.test(id)),
  ).toEqual([])
})

test.each(platformNames)('%s: no wish is wrong in itself, and a shell understands every line', (platform) => {
  const tasks = tasksOn(platform)
  expect(tasks.flatMap((task) => task.problems)).toEqual([])
  const texts = tasks.flatMap(({ probe, apply, when }) => [probe, apply, ...(when ? [when.test] : [])])
  const input = [...new Set(texts.map(({ text }) => `(\n${text}\n)`))].join('\n')
  expect(spawnSync('dash', ['-n'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
})
