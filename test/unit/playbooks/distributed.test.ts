import { Secret } from 'runsheet'
import { expect, test, vi } from 'vitest'
import { applicationOf } from '../../../playbooks/parts/applications.mjs'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { masters as component } from '../../../playbooks/parts/distributed/masters.mjs'
import { mastersAndSlaves, mastersHaveTheirUser } from '../../../playbooks/parts/distributed/rules.mjs'
import { masters, type Slave, slave } from '../../../playbooks/parts/distributed/variables.mjs'
import type { Variables } from '../../../playbooks/parts/variables.mjs'
import { playbook } from '../../../playbooks/slaves.mjs'
import { nodes } from './fixture.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF7iNsiT1D5aWpB0KPPzyvwhUk0BsLugEprOFKBQkvP5'
const SHARED =
  'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAHIvCtKemaRC74RukZ9ryr+owTsn5HPd4tmSJhHsXfc0+X7TWYFAVSXg+OG9caZmt7i3L5FhDSFnNMpkG3yRq8XfgFjOLlMmnZDRdXf0/42Jy053Yzh5Fl6Vjkr2gz34N1vDVB8UYecBPyC64MlhyVu9NY2/ELcxLtkqCfEGEujrg4f6Q=='

const pair = (name: string, publicHalf: string) => ({
  private: new Secret(
    name,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${name}\n-----END OPENSSH PRIVATE KEY-----`,
  ),
  public: publicHalf,
})
const written = { ssh_key: pair('the-key-of-nagios', ED25519), host_key: pair('the-key-of-the-host', SHARED) }

const withMasters = (more: (vars: Variables) => void = () => {}) =>
  nodes((vars) => {
    vars.masters = masters.parse(written)
    more(vars)
  })

const slaveOf = (number: number): Slave => ({
  name: `slave${number}`,
  vars: slave.parse({
    role: 'slave',
    address: `192.168.56.4${number}`,
    host_key: ED25519,
    ssh_key: pair('the-key-of-slaves', ED25519),
  }),
})

test.each([
  [
    'a private key in the place of the public one',
    { ...written, ssh_key: { ...written.ssh_key, public: '-----BEGIN' } },
    /public key/,
  ],
  [
    'a private key in the open',
    { ...written, ssh_key: { ...written.ssh_key, private: '-----BEGIN' } },
    /!secret/,
  ],
  [
    'a file of something else',
    { ...written, ssh_key: { ...written.ssh_key, private: new Secret('x', 'x') } },
    /ssh-keygen/,
  ],
  ['a host key of a type that the nodes have', { ...written, host_key: pair('h', ED25519) }, /of its own/],
])('is refused: %s', (_, wish, message) => {
  expect(
    masters
      .safeParse(wish)
      .error?.issues.map((issue) => issue.message)
      .join(),
  ).toMatch(message)
})

test('the user is one of the application, one cluster has masters, and no address is used twice', () => {
  expect(mastersHaveTheirUser(withMasters())).toEqual([])
  const strange = withMasters((vars) => {
    if (vars.masters) vars.masters.user = 'nobody'
  })
  expect(mastersHaveTheirUser(strange).map(({ message }) => message)).toContain(
    'the application has no user nobody',
  )
  expect(mastersAndSlaves(withMasters(), [slaveOf(1), slaveOf(2)])).toEqual([])
  expect(mastersAndSlaves(nodes(), [slaveOf(1)])).toMatchObject([{ path: ['masters'] }])
  expect(mastersAndSlaves(withMasters(), [slaveOf(1), { ...slaveOf(1), name: 'slave2' }])).toMatchObject([
    { host: 'slave2', message: '192.168.56.41 is also the address of slave1' },
  ])
})

const all = [...withMasters(), slaveOf(1), slaveOf(2)]
const plays = playbook.plays(all)
const tasksOf = (play: string, host: string) =>
  plays.find(({ name }) => name === play)?.tasks(all.find(({ name }) => name === host) ?? expect.fail()) ?? []

test('a slave is checked by name, node and VIP, for each master', () => {
  expect(plays.map(({ name, hosts }) => `${name}: ${hosts.map((host) => host.name).join(' ')}`)).toEqual([
    'slaves: slave1 slave2',
    'masters: node1 node2',
    'from each slave to each master: slave1 slave2',
    'from each master to each slave: node1 node2',
  ])
  const checked = tasksOf('from each slave to each master', 'slave1')
  const masters = ['node1', '192.168.56.11', 'node2', '192.168.56.12', '192.168.56.10']
  expect(checked.map(({ id }) => id)).toEqual(masters.map((one) => `nagios reaches the master as ${one}`))
  for (const { probe } of checked) expect(probe.text).toContain('StrictHostKeyChecking=yes')
  const known = tasksOf('slaves', 'slave1').filter(({ kind }) => kind === 'known-host')
  expect(known.map(({ id }) => id)).toEqual(masters.map((one) => `/etc/ssh/ssh_known_hosts: ${one}`))
})

test('no wish is wrong in itself, and no private key stands in a command', () => {
  const cluster = clusterOf(withMasters())
  const keys = component(cluster.home.vars).flatMap(({ configuration, prepare }) => [
    ...(configuration?.(cluster, cluster.home) ?? []),
    ...(prepare?.(cluster) ?? []).flatMap((play) => play.hosts.flatMap((host) => play.tasks(host))),
  ])
  const tasks = [...keys, ...plays.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))]
  expect(tasks.flatMap(({ problems }) => problems)).toEqual([])
  expect(tasks.map(({ probe, apply }) => probe.text + apply.text).join()).not.toMatch(/the-key-of/)
  const secret = tasks.filter(({ apply }) => apply.secrets.length > 0)
  expect(secret.map(({ expect: wish }) => wish.mode)).toEqual(secret.map(() => '0600'))
})

test('a new machine gets the key of the user', () => {
  const cluster = clusterOf(withMasters())
  const made = component(cluster.home.vars).flatMap(
    ({ replace }) => replace?.(cluster, cluster.nodes[1] ?? expect.fail()) ?? [],
  )
  expect(made.flatMap(({ hosts }) => hosts.map(({ name }) => name))).toEqual(['node2'])
  const files = made.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))
  expect(files.filter(({ kind }) => kind === 'file').map(({ id }) => id)).toEqual([
    '/var/lib/nagios/.ssh/id_ed25519',
    '/var/lib/nagios/.ssh/id_ed25519.pub',
  ])
})

test('a home on the shared storage is only looked at where that is mounted', () => {
  const keysOf = (vars: Variables) =>
    component(vars).flatMap(({ prepare }) =>
      (prepare?.(clusterOf(withMasters())) ?? []).flatMap((play) =>
        play.tasks(play.hosts[0] ?? expect.fail()).filter(({ kind }) => kind === 'file'),
      ),
    )
  const [node] = withMasters()
  expect(keysOf(node.vars).map(({ id, when }) => [id, when?.otherwise])).toEqual([
    ['/var/lib/nagios/.ssh/id_ed25519', undefined],
    ['/var/lib/nagios/.ssh/id_ed25519.pub', undefined],
  ])
  const nagios = applicationOf(node.vars) ?? expect.fail()
  node.vars.application = { ...nagios, share: [...nagios.share, '/var/lib/nagios'] }
  expect(keysOf(node.vars).map(({ when }) => when?.otherwise)).toEqual([
    'the shared storage is not mounted here',
    'the shared storage is not mounted here',
  ])
})
