// Debian: heartbeat, DRBD, MariaDB and Nagios are packages of its own. 12 is what the lab runs.

/** @typedef {import('./index.mjs').Platform} Platform */
/** @typedef {import('../applications.mjs').Application} Application */

/** @type {Application} Nagios Core 4 and Apache as Debian packages them. */
const nagios = {
  packages: ['nagios4-core', 'apache2'],
  services: [{ unit: 'nagios4', check: '[ -p /var/lib/nagios4/rw/nagios.cmd ]' }, { unit: 'apache2' }],
  groups: [{ name: 'nagios', gid: 566 }],
  users: [{ name: 'nagios', uid: 566, group: 'nagios', groups: [], home: '/var/lib/nagios' }],
  share: ['/etc/nagios4', '/var/lib/nagios4', '/var/log/nagios4'],
  contexts: {},
  ports: [80],
  localhost:
    "grep -rEqs '^[[:space:]]*address[[:space:]]+(127[.]0[.]0[.]1|localhost)([[:space:]]|$)' /etc/nagios4/objects /etc/nagios4/conf.d",
}

const utils = ['drbd-utils']

/** @type {Platform} */
const twelve = {
  title: 'Debian 12',
  systems: ['debian'],
  release: '12',
  packages: {
    // Of netbase, heartbeat's ping needs /etc/protocols.
    base: ['netbase', 'chrony', 'heartbeat'],
    drbd: { 8.3: utils, 8.4: utils, 9: utils },
    database: ['mariadb-server'],
    backup: ['mariadb-backup'],
    client: ['mariadb-client'],
    nfs: ['nfs-common'],
    libvirt: ['libvirt-clients'],
    snmp: ['snmp'],
  },
  heartbeat: {
    programs: '/usr/libexec/heartbeat',
    tools: '/usr/share/heartbeat',
    devices: '/usr/lib/stonith/plugins',
  },
  database: {
    settings: '/etc/mysql/mariadb.conf.d/90-cluster.cnf',
    admin: 'mariadb-admin',
    // `--cross-bootstrap --rpm`: it says nothing of what a person should do next.
    install:
      'mariadb-install-db --cross-bootstrap --rpm --skip-test-db --auth-root-authentication-method=socket',
    replicates: true,
  },
  clock: 'chrony',
  sshd: 'ssh',
  webserver: 'apache2',
  firewalld: false,
  applications: { nagios },
}

/** @type {Readonly<Record<'debian-11' | 'debian-12' | 'debian-13', Platform>>} */
export const debian = {
  'debian-11': {
    ...twelve,
    title: 'Debian 11',
    release: '11',
    // Moved in heartbeat 3.0.6-13.
    heartbeat: { ...twelve.heartbeat, programs: '/usr/lib/heartbeat' },
  },
  'debian-12': twelve,
  'debian-13': { ...twelve, title: 'Debian 13', release: '13' },
}
