// What runs on the cluster, as data. Another application is an object of this shape in the inventory.
import { z } from 'runsheet'

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
})

/** @typedef {import('runsheet').z.infer<typeof application>} Application */

/** @type {Application} Nagios Core 4 and Apache as Debian packages them. */
const nagios = {
  packages: ['nagios4-core', 'apache2'],
  services: [{ unit: 'nagios4', check: '[ -p /var/lib/nagios4/rw/nagios.cmd ]' }, { unit: 'apache2' }],
  groups: [{ name: 'nagios', gid: 566 }],
  users: [{ name: 'nagios', uid: 566, group: 'nagios', groups: [], home: '/var/lib/nagios' }],
  share: ['/etc/nagios4', '/var/lib/nagios4', '/var/log/nagios4'],
  localhost:
    "grep -rEqs '^[[:space:]]*address[[:space:]]+(127[.]0[.]0[.]1|localhost)([[:space:]]|$)' /etc/nagios4/objects /etc/nagios4/conf.d",
}

/** @type {Application} Opsview Core: a package of its own vendor, whose repository must be there already. */
const opsview = {
  packages: ['opsview'],
  services: [{ unit: 'opsview' }, { unit: 'opsview-web' }, { unit: 'apache2' }],
  groups: [
    { name: 'nagios', gid: 566 },
    { name: 'nagcmd', gid: 567 },
  ],
  users: [{ name: 'nagios', uid: 566, group: 'nagios', groups: ['nagcmd'], home: '/var/log/nagios' }],
  share: ['/usr/local/nagios', '/var/log/nagios'],
}

export const presets = { nagios, opsview }
