/** What the one image of all machines has installed; its versions and the files beside this one name the image. */
export const PACKAGES: readonly string[] = [
  // The shells that take the place of `sh`.
  ...['bash', 'busybox', 'dash', 'mksh'],
  // What the targets run.
  ...['openssh-server', 'sudo', 'ca-certificates', 'procps', 'iproute2', 'kmod', 'e2fsprogs', 'cron'],
  ...['git', 'iptables', 'locales', 'nftables', 'tzdata', 'unzip', 'zip'],
  // sysvinit-core takes the place of systemd-sysv, not of systemd itself.
  ...['sysvinit-core', 'initscripts', 'orphan-sysvinit-scripts', 'systemd'],
  ...['dnf', 'rpm', 'createrepo-c'],
  ...['mariadb-server-core', 'mariadb-client-core'],
]
