// Enterprise Linux: RHEL and what is built from its sources. DRBD comes from ELRepo, Nagios from EPEL, heartbeat from EPEL 6
// or from a repository of packages made by lab/rpm/. Not run on a real machine: see the README.

/** @typedef {import('./index.mjs').Platform} Platform */
/** @typedef {import('../applications.mjs').Application} Application */

/** Words of os-release(5), or of /etc/redhat-release. CentOS Stream is left out: ELRepo builds nothing for its kernels. */
const SYSTEMS = ['rhel', 'centos', 'rocky', 'almalinux', 'ol', 'redhat']

/** @type {Application} Nagios Core 4 and Apache as EPEL and EL package them. */
const nagios = {
  packages: ['nagios', 'httpd'],
  services: [{ unit: 'nagios', check: '[ -p /var/spool/nagios/cmd/nagios.cmd ]' }, { unit: 'httpd' }],
  groups: [{ name: 'nagios', gid: 566 }],
  users: [{ name: 'nagios', uid: 566, group: 'nagios', groups: [], home: '/var/spool/nagios' }],
  share: ['/etc/nagios', '/var/spool/nagios', '/var/log/nagios'],
  contexts: {
    '/etc/nagios': 'nagios_etc_t',
    '/var/spool/nagios': 'nagios_spool_t',
    '/var/log/nagios': 'nagios_log_t',
  },
  ports: [80],
  localhost:
    "grep -rEqs '^[[:space:]]*address[[:space:]]+(127[.]0[.]0[.]1|localhost)([[:space:]]|$)' /etc/nagios/objects /etc/nagios/conf.d",
}

/** @type {Platform} */
const nine = {
  title: 'EL 9',
  systems: SYSTEMS,
  release: '9',
  packages: {
    base: ['chrony', 'heartbeat'],
    // drbd-utils from 9.32 on have no drbddisk: it is a package of lab/rpm/.
    drbd: {
      8.3: [],
      8.4: ['kmod-drbd84', 'drbd84-utils', 'drbddisk'],
      9: ['kmod-drbd9x', 'drbd9x-utils'],
    },
    database: ['mariadb-server'],
    backup: ['mariadb-backup', 'socat'],
    client: ['mariadb'],
    nfs: ['nfs-utils'],
    libvirt: ['libvirt-client'],
    snmp: ['net-snmp-utils'],
  },
  // They bring repositories and the keys of who signs their packages, and stand in the `extras` of CentOS, Rocky and Alma. On
  // others the inventory names EPEL and ELRepo, which have these packages, too.
  releases: ['epel-release', 'elrepo-release'],
  addon: 'highavailability',
  heartbeat: {
    programs: '/usr/libexec/heartbeat',
    tools: '/usr/share/heartbeat',
    devices: '/usr/lib64/stonith/plugins',
  },
  database: {
    // Behind mariadb-server.cnf, which names a datadir: the last one counts.
    settings: '/etc/my.cnf.d/zz-cluster.cnf',
    admin: 'mariadb-admin',
    install:
      'mariadb-install-db --cross-bootstrap --rpm --skip-test-db --auth-root-authentication-method=socket',
    replicates: true,
    context: 'mysqld_db_t',
  },
  clock: 'chronyd',
  sshd: 'sshd',
  webserver: 'httpd',
  semanage: 'policycoreutils-python-utils',
  firewalld: true,
  applications: { nagios },
}

// Before EL 8 resource-agents are among the packages of the system itself.
const { addon: _, ...common } = nine

/** @type {Platform} MariaDB 5.5: no GTID, and a root of the database without unix_socket. */
const seven = {
  ...common,
  title: 'EL 7',
  release: '7',
  packages: {
    ...nine.packages,
    drbd: { 8.3: [], 8.4: ['kmod-drbd84', 'drbd84-utils'], 9: ['kmod-drbd90', 'drbd90-utils'] },
    backup: [],
  },
  releases: ['epel-release'],
  database: {
    settings: '/etc/my.cnf.d/zz-cluster.cnf',
    admin: 'mysqladmin',
    install: 'mysql_install_db --cross-bootstrap --rpm',
    replicates: false,
    context: 'mysqld_db_t',
  },
  semanage: 'policycoreutils-python',
  vault: {
    path: '/etc/yum.repos.d/CentOS-Base.repo',
    address: 'https://vault.centos.org/7.9.2009',
    key: '/etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS-7',
  },
}

/** @type {Readonly<Record<'el6' | 'el7' | 'el8' | 'el9' | 'el10', Platform>>} */
export const enterpriseLinux = {
  el6: {
    ...seven,
    title: 'EL 6',
    release: '6',
    refused: 'it has upstart, and what looks after the services of a cluster asks systemd',
    packages: {
      ...seven.packages,
      base: ['ntp', 'heartbeat'],
      drbd: { 8.3: ['kmod-drbd83', 'drbd83-utils'], 8.4: seven.packages.drbd['8.4'], 9: [] },
      database: ['mysql-server'],
      client: ['mysql'],
    },
    // Those of EPEL's heartbeat 3.0.4.
    heartbeat: {
      programs: '/usr/lib64/heartbeat',
      tools: '/usr/share/heartbeat',
      devices: '/usr/lib64/stonith/plugins',
    },
    database: { ...seven.database, settings: '/etc/my.cnf' },
    clock: 'ntpd',
    firewalld: false,
    vault: {
      path: '/etc/yum.repos.d/CentOS-Base.repo',
      address: 'https://vault.centos.org/6.10',
      key: '/etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS-6',
    },
  },
  el7: seven,
  el8: {
    ...nine,
    title: 'EL 8',
    release: '8',
    packages: {
      ...nine.packages,
      drbd: { ...nine.packages.drbd, 9: ['kmod-drbd90', 'drbd90-utils'] },
    },
    addon: 'ha',
    // The stream that is taken by default, 10.3, has other names for its commands.
    module: 'mariadb:10.5',
  },
  el9: nine,
  el10: { ...nine, title: 'EL 10', release: '10' },
}
