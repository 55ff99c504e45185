// What runs on the cluster, as data. Another application is an object of this shape in the inventory.
import { z } from 'runsheet'
import { platformOf } from './platforms/index.mjs'

/** @typedef {import('./variables.mjs').Variables} Variables */

const name = z.string().regex(/^[a-z_][a-z0-9_.@-]*$/i, 'letters, digits and - _ . @')
// adduser hands out system numbers from 100 upwards and useradd from 999 downwards: the middle stays free.
const number = z.int().min(100).max(59_999)

export const application = z.strictObject({
  packages: z.array(name).describe('Packages of the distribution, beside those of the cluster itself'),
  services: z
    .array(
      z.strictObject({
        unit: name.describe('The unit of systemd, without .service'),
        check: z.string().optional().describe('Shell command that succeeds when the service answers'),
      }),
    )
    .min(1)
    .describe('What heartbeat starts after the database, in this order'),
  groups: z
    .array(z.strictObject({ name, gid: number }))
    .describe('Groups that own shared files, with equal numbers on both nodes'),
  users: z
    .array(
      z.strictObject({ name, uid: number, group: name, groups: z.array(name).default([]), home: z.string() }),
    )
    .describe('Users that own shared files, with equal numbers on both nodes'),
  share: z
    .array(z.string().regex(/^(\/[\w.-]+)+$/, 'an absolute path of letters, digits and - _ .'))
    .describe('Directories that move to the shared storage; a link takes their place on both nodes'),
  localhost: z
    .string()
    .optional()
    .describe('Shell command that succeeds where the application watches its own master as localhost'),
  contexts: z
    .record(z.string(), z.string().regex(/^[a-z]\w*_t$/, 'a type of SELinux, such as nagios_log_t'))
    .default({})
    .describe('SELinux types of shared directories'),
  ports: z
    .array(z.int().min(1).max(65_535))
    .default([])
    .describe('TCP ports at which clients reach it, for firewalld'),
})

/** @typedef {import('runsheet').z.infer<typeof application>} Application */

/**
 * Opsview Core: a package of its own vendor, whose repository must be there already.
 *
 * @param {string} webserver
 * @returns {Application}
 */
const opsview = (webserver) => ({
  packages: ['opsview'],
  services: [{ unit: 'opsview' }, { unit: 'opsview-web' }, { unit: webserver }],
  groups: [
    { name: 'nagios', gid: 566 },
    { name: 'nagcmd', gid: 567 },
  ],
  users: [{ name: 'nagios', uid: 566, group: 'nagios', groups: ['nagcmd'], home: '/var/log/nagios' }],
  share: ['/usr/local/nagios', '/var/log/nagios'],
  contexts: {},
  ports: [80],
})

/**
 * What the inventory names, as the platform packages it.
 *
 * @param {Pick<Variables, 'application' | 'platform'>} variables
 * @returns {Application | undefined}
 */
export function applicationOf({ application, platform }) {
  const { applications, webserver } = platformOf({ platform })
  if (application === 'nagios') return applications.nagios
  return application === 'opsview' ? opsview(webserver) : application
}
