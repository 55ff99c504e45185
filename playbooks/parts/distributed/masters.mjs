// Both nodes of a cluster as masters of slaves: one key of the user who logs in there, one key by which they are known.
import { handler, play, sh } from 'runsheet'
import { assert, command } from 'runsheet/resources'
import { applicationOf } from '../applications.mjs'
import { platformOf } from '../platforms/index.mjs'
import { storageHere } from '../storage/conditions.mjs'
import { keyFiles, userKey } from './keys.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('./variables.mjs').Masters} Masters */
/** @typedef {import('../variables.mjs').Variables} Variables */

const HOST_KEY = '/etc/ssh/ssh_host_masters_key'
const SETTINGS = '/etc/ssh/sshd_config.d/50-masters.conf'

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function masters(variables) {
  const { masters: wanted } = variables
  if (!wanted) return []
  return [
    {
      configuration: () => hostKey(wanted.host_key, platformOf(variables)),
      // After the application: a home may be on the shared storage.
      prepare: ({ nodes, home }) => [
        play('keys of the masters', nodes, (node) => [
          ...keyOf(variables, wanted, node === home),
          ...localhost(variables, node === home),
        ]),
      ],
      replace: (_, node) => [play('keys of the masters', [node], () => keyOf(variables, wanted, false))],
    },
  ]
}

/**
 * @param {Variables} variables
 * @param {Masters} wanted
 * @param {boolean} isHome
 */
function keyOf(variables, { ssh_key }, isHome) {
  return userKey(userOf(variables), ssh_key, whereHomeIs(variables, isHome))
}

/**
 * The user who logs in at the slaves; the rules see to it that there is one.
 *
 * @param {Variables} variables
 */
export function userOf(variables) {
  const user = applicationOf(variables)?.users.find(({ name }) => name === variables.masters?.user)
  if (!user) throw new TypeError('the rules have not been checked')
  return user
}

/**
 * A home on the shared storage is only there where that is mounted.
 *
 * @param {Variables} variables
 * @param {boolean} isHome
 * @returns {import('runsheet').TaskOptions}
 */
export function whereHomeIs(variables, isHome) {
  const { storage } = variables
  const { home } = userOf(variables)
  const shared = applicationOf(variables)?.share.some((path) => home === path || home.startsWith(`${path}/`))
  return shared && storage ? { when: storageHere(storage, isHome) } : {}
}

/**
 * One more key for sshd. As soon as one is named, sshd takes none by itself, so all those that it has are named beside it.
 *
 * @param {import('./variables.mjs').KeyPair} pair
 * @param {import('../platforms/index.mjs').Platform} platform
 */
function hostKey(pair, { sshd }) {
  const reload = handler(
    'sshd reads its configuration anew',
    sh`sshd -t && systemctl reload ${`${sshd}.service`}`,
  )
  return [
    ...keyFiles(HOST_KEY, pair, 'root', { notify: reload }),
    command(
      {
        name: 'sshd shows the key of the masters beside its own',
        unless: sh`sshd -T | grep -qx ${`hostkey ${HOST_KEY}`}`,
        run: sh`
          own=$(sshd -T | sed -n 's/^hostkey /HostKey /p')
          umask 022
          printf '# Written by runsheet.\\n%s\\n%s\\n' "$own" ${`HostKey ${HOST_KEY}`} >${SETTINGS}
          sshd -t || { rm ${SETTINGS}; exit 1; }`,
        needs: ['sshd'],
      },
      { notify: reload },
    ),
  ]
}

/**
 * The master watches itself by an address that is its own on whichever node it runs.
 *
 * @param {Variables} variables
 * @param {boolean} isHome
 */
function localhost(variables, isHome) {
  const { storage } = variables
  const test = applicationOf(variables)?.localhost
  if (test === undefined || !storage) return []
  return [
    assert(
      {
        that: 'the application watches its own master as localhost',
        test: sh`sh -c ${test}`,
        otherwise: 'give the host that stands for the master the address localhost, not that of one node',
      },
      { when: storageHere(storage, isHome) },
    ),
  ]
}
