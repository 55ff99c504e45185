// What differs between the versions of DRBD: words of the configuration, commands, units. 8.4 is what runs on Debian 12;
// the parsers of drbd-utils 9.22 (drbdadm-83, drbdadm-84, drbdadm) have read what is written for the others.
import { sh } from 'runsheet'

/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {Drbd['version']} Version */

/**
 * The dialect of a kernel module, as `modinfo -F version drbd` tells its version.
 *
 * @param {string} version
 * @returns {Version | undefined} undefined for none and for what nobody has heard of
 */
export function dialectOf(version) {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? []
  if (major === '9') return '9'
  return major === '8' && minor === '4' ? '8.4' : major === '8' && minor === '3' ? '8.3' : undefined
}

const PROTOCOL = '# A write is done when it is on both disks.'

/**
 * What stands at the head of a resource, and first in its section `net`.
 *
 * @type {Readonly<Record<Version, { head: string, net: string }>>}
 */
export const CONFIGURATION = {
  8.3: { head: `  ${PROTOCOL}\n  protocol C;\n\n`, net: '' },
  8.4: { head: '', net: `    ${PROTOCOL}\n    protocol C;\n` },
  9: {
    // From 9 on a device promotes itself when it is opened, and only heartbeat knows when it may.
    head: '  options {\n    auto-promote no;\n  }\n\n',
    net: `    ${PROTOCOL}\n    protocol C;\n`,
  },
}

/**
 * Makes this node's copy the good one, whatever the peer has.
 *
 * @param {Pick<Drbd, 'version' | 'resource'>} storage
 */
export function forcePrimary({ version, resource }) {
  return version === '8.3'
    ? sh`drbdadm -- --overwrite-data-of-peer primary ${resource}`
    : sh`drbdadm primary --force ${resource}`
}

/**
 * Joins the peer again after a split brain, and gives up what was written here since.
 *
 * @param {Pick<Drbd, 'version' | 'resource'>} storage
 */
export function discardMyData({ version, resource }) {
  return version === '8.3'
    ? sh`drbdadm -- --discard-my-data connect ${resource}`
    : sh`drbdadm connect --discard-my-data ${resource}`
}

/**
 * Brings DRBD up at boot; drbd-utils from 9.31 on start no resource of version 9 by drbd.service.
 *
 * @param {Pick<Drbd, 'version' | 'resource'>} storage
 */
export function bootUnit({ version, resource }) {
  return version === '9' ? `drbd@${resource}.target` : 'drbd'
}

/**
 * The resource script by which heartbeat promotes: drbd-utils from 9.32 on have no drbddisk.
 *
 * @param {Pick<Drbd, 'version'>} storage
 */
export function promoter({ version }) {
  return version === '9' ? 'drbdrole' : 'drbddisk'
}
