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

/** The program by which a node has the copy of its peer marked as outdated. */
export const OUTDATER = '/etc/ha.d/outdate-peer'

/** The program by which a node that has been copied to tells its peer once more that the copy is complete. */
export const END_OF_COPY = '/etc/ha.d/end-of-copy'

/** @param {boolean} holding whether writes are held until the peer is known to be outdated, or to have been reset */
const fencing = (holding) =>
  holding
    ? `\
    # A node that loses its peer acknowledges nothing before the copy there is outdated, by dopd, or the other node has been reset.
    fencing resource-and-stonith;
`
    : `\
    # The copy that is left behind is marked as outdated, by dopd, and cannot be promoted.
    fencing resource-only;
`
const HANDLERS = `
  handlers {
    fence-peer "${OUTDATER}";
    after-resync-target "${END_OF_COPY}";
  }
`

// KiB/s with a suffix. As long as somebody writes, DRBD slows a resync down to this, by default to 250 KiB/s: a standby would be
// none for hours.
const MIN_RATE = `\
    # A copy that catches up while the other node is busy gets at least this a second.
    c-min-rate 4M;
`

/**
 * What stands at the head of a resource, first in its section `net`, last in `disk`, and behind that.
 *
 * @param {Version} version
 * @param {boolean} holding as for `fencing`; DRBD 9 has no handler here, and holds nothing
 * @returns {{ head: string, net: string, disk: string, sections: string }}
 */
export function configuration(version, holding) {
  switch (version) {
    case '8.3':
      return {
        head: `  ${PROTOCOL}\n  protocol C;\n\n`,
        net: '',
        disk: fencing(holding),
        sections: `\n  syncer {\n${MIN_RATE}  }\n${HANDLERS}`,
      }
    case '8.4':
      return {
        head: '',
        net: `    ${PROTOCOL}\n    protocol C;\n`,
        disk: `${MIN_RATE}${fencing(holding)}`,
        sections: HANDLERS,
      }
    case '9':
      return {
        // From 9 on a device promotes itself when it is opened, and only heartbeat knows when it may.
        head: '  options {\n    auto-promote no;\n  }\n\n',
        net: `    ${PROTOCOL}\n    protocol C;\n`,
        disk: MIN_RATE,
        sections: '',
      }
  }
}

/**
 * A primary that loses its peer has the copy there marked as outdated over the links of heartbeat, whose dopd is at both
 * ends, and a node that shall be promoted while its peer is silent asks in the same way. DRBD 9 asks otherwise, and
 * heartbeat has nothing for it. dopd runs as root, so that no program of DRBD has to be setuid.
 *
 * @param {Pick<Drbd, 'version'>} storage
 * @param {string} programs where those of heartbeat are
 * @returns {string[]} lines of ha.cf
 */
export function outdating({ version }, programs) {
  return version === '9' ? [] : ['apiauth dopd uid=root', `respawn root ${programs}/dopd`]
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
