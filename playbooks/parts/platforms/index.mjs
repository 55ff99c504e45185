// What differs between the systems that a cluster runs on, as one table: the parts read it, and none of them asks which
// system it is. The inventory says `platform`, and a run compares it with what each host says of itself.
import { debian } from './debian.mjs'
import { enterpriseLinux } from './enterprise-linux.mjs'

/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {import('../applications.mjs').Application} Application */

/**
 * @typedef {object} Platform
 * @property {string} title for people
 * @property {readonly string[]} systems ID of os-release(5)
 * @property {string} release the first number of VERSION_ID
 * @property {string} [refused] why no cluster is made of it
 * @property {Packages} packages
 * @property {readonly string[]} [releases] packages that bring repositories, installed before all others
 * @property {{ path: string, address: string, key: string }} [vault] where the packages of an old CentOS are kept now
 * @property {string} [addon] repository of the system that is off and has resource-agents
 * @property {string} [module] stream of a module that dnf shall take (NAME:STREAM)
 * @property {{ programs: string, tools: string, devices: string }} heartbeat where ipfail and heartbeat are, where
 *   hb_takeover is, and where cluster-glue has its plugins
 * @property {DatabaseServer} database
 * @property {string} clock unit of what keeps the clock
 * @property {string} sshd its unit
 * @property {string} webserver unit of Apache
 * @property {string} [semanage] package of that command; without one there is no SELinux
 * @property {boolean} firewalld whether the system comes with it
 * @property {{ nagios: Application }} applications that are packaged for it
 */

/**
 * @typedef {object} Packages
 * @property {readonly string[]} base
 * @property {Readonly<Record<Drbd['version'], readonly string[]>>} drbd none where nobody packages that version
 * @property {readonly string[]} database
 * @property {readonly string[]} backup copies a database that runs
 * @property {readonly string[]} client of the database
 * @property {readonly string[]} nfs
 * @property {readonly string[]} libvirt
 * @property {readonly string[]} snmp
 */

/**
 * @typedef {object} DatabaseServer
 * @property {string} settings file that is read last
 * @property {string} admin command that asks whether the server answers
 * @property {string} install command that makes its system tables
 * @property {boolean} replicates whether it knows GTIDs, by which the playbooks replicate
 * @property {string} [context] SELinux type of its files
 */

/** @typedef {keyof typeof platforms} PlatformName */

export const platforms = { ...debian, ...enterpriseLinux }

export const platformNames = /** @type {PlatformName[]} */ (Object.keys(platforms))

/** @param {{ platform: PlatformName }} variables */
export function platformOf({ platform }) {
  /** @type {Platform} */
  const found = platforms[platform]
  return found
}

/**
 * Why a host is not what the inventory says.
 *
 * @param {PlatformName} wanted
 * @param {string} found what the fact osRelease says of it: `debian 12`, `rocky 9.4`
 * @returns {string[]}
 */
export function otherPlatform(wanted, found) {
  const [system = '', version = ''] = found.trim().split(' ')
  const [release] = version.split('.')
  const known = platformNames.filter((name) => {
    const { systems, release: own } = platforms[name]
    return systems.includes(system) && own === release
  })
  if (known.includes(wanted)) return []
  const titles = platformNames.filter((name) => !platformOf({ platform: name }).refused)
  const advice =
    known[0] === undefined
      ? `which is not supported; what is: ${titles.map((name) => platforms[name].title).join(', ')}`
      : `write platform: ${known[0]}`
  return [
    `it runs ${found.trim() || 'nobody knows what'}, and the inventory says ${platforms[wanted].title}: ${advice}`,
  ]
}
