// Masters and slaves know each other by name, node and VIP, whichever node is active.
import { play, sh } from 'runsheet'
import { assert, authorizedKey, file, group, hostEntry, knownHost, user } from 'runsheet/resources'
import { bare, userKey } from './keys.mjs'
import { userOf, whereHomeIs } from './masters.mjs'

/** @typedef {import('./variables.mjs').Slave} Slave */
/** @typedef {import('./variables.mjs').Masters} Masters */
/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('../variables.mjs').Variables} Variables */

/**
 * @param {readonly Node[]} nodes of one cluster
 * @param {readonly Slave[]} slaves
 */
export function acquaintance(nodes, slaves) {
  const [first] = nodes
  const wanted = first?.vars.masters
  if (!first || !wanted) throw new TypeError('the rules have not been checked')
  const user = userOf(first.vars)
  const masters = [...nodes.flatMap(({ name, vars }) => [name, vars.address]), first.vars.vip.address]
  return [
    play('slaves', slaves, (slave) => slaveTasks(slave, user, wanted, nodes, masters)),
    play('masters', nodes, (node) => masterTasks(node, user, slaves)),
    play('from each slave to each master', slaves, () => masters.map((master) => tunnel(user.name, master))),
    play('from each master to each slave', nodes, (node) =>
      slaves.flatMap(({ name, vars }) =>
        [name, vars.address].map((address) =>
          login(user.name, address, whereHomeIs(node.vars, isHome(node))),
        ),
      ),
    ),
  ]
}

/** @typedef {ReturnType<typeof userOf>} User */

/**
 * @param {Slave} slave
 * @param {User} account
 * @param {Masters} wanted
 * @param {readonly Node[]} nodes
 * @param {readonly string[]} masters
 */
function slaveTasks({ vars }, account, wanted, nodes, masters) {
  const { name, home } = account
  return [
    group({ name: account.group, system: true }),
    // Who logs in from the masters runs commands here.
    user({ name, group: account.group, home, shell: '/bin/sh', system: true }),
    ...userKey(account, vars.ssh_key),
    authorizedKey({ user: name, keys: wanted.ssh_key.public }),
    ...nodes.map((node) => hostEntry({ address: node.vars.address, names: [node.name] })),
    ...masters.map((host) => knownHost({ host, keys: bare(wanted.host_key.public) })),
    file({
      path: '/etc/ssh/ssh_config.d/masters.conf',
      content: clientSettings(masters, wanted),
      mode: '0644',
    }),
    assert({
      that: 'this host has the host_key that the inventory names',
      test: sh`cat /etc/ssh/ssh_host_*_key.pub | grep -qF ${bare(vars.host_key)}`,
      otherwise: 'write one of /etc/ssh/ssh_host_*_key.pub as host_key, or find out whose key that is',
    }),
  ]
}

/**
 * Each master has keys of its own, too. ssh would ask for one that it knows from elsewhere, or learn them all from the
 * node that happens to be active (UpdateHostKeys), and cry out when the other one is.
 *
 * @param {readonly string[]} masters
 * @param {Masters} wanted
 */
export function clientSettings(masters, { host_key: { public: key } }) {
  return [
    '# Written by runsheet; changes by hand are lost at its next run.',
    `Host ${masters.join(' ')}`,
    `  HostKeyAlgorithms ${key.split(' ')[0]}`,
    '  UpdateHostKeys no',
    '',
  ].join('\n')
}

/**
 * @param {Node} node
 * @param {User} account
 * @param {readonly Slave[]} slaves
 */
function masterTasks(node, account, slaves) {
  const keys = [...new Set(slaves.map(({ vars }) => bare(vars.ssh_key.public)))]
  return [
    ...slaves.flatMap(({ name, vars }) => [
      hostEntry({ address: vars.address, names: [name] }),
      ...[name, vars.address].map((host) => knownHost({ host, keys: bare(vars.host_key) })),
    ]),
    authorizedKey(
      // A tunnel and nothing else.
      { user: account.name, keys, options: 'restrict,port-forwarding' },
      whereHomeIs(node.vars, isHome(node)),
    ),
  ]
}

/** @param {Node} node */
function isHome({ name, vars }) {
  return name === vars.home
}

const OPTIONS = '-o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20'.split(' ')

/**
 * As the slave opens it: the login, the key of the host, and a channel through it to the master's own sshd, which greets.
 *
 * @param {string} user
 * @param {string} master
 */
function tunnel(user, master) {
  return assert({
    that: `${user} reaches the master as ${master}`,
    test: sh`
      said=$(runuser -u ${user} -- ssh ${OPTIONS} -W 127.0.0.1:22 ${`${user}@${master}`} </dev/null)
      case $said in SSH-*) ;; *) false ;; esac`,
    needs: ['runuser', 'ssh'],
  })
}

/**
 * @param {string} user
 * @param {string} slave
 * @param {import('runsheet').TaskOptions} options
 */
function login(user, slave, options) {
  return assert(
    {
      that: `${user} logs in at the slave ${slave}`,
      test: sh`runuser -u ${user} -- ssh -n ${OPTIONS} ${`${user}@${slave}`} true`,
      needs: ['runuser', 'ssh'],
    },
    options,
  )
}
