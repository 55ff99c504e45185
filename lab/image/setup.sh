#!/bin/sh
# Runs in mmdebstrap as a customize hook: $1 is the root of the new system.
# WAITING: the packages that playbooks install, which stay .deb files in the cache of apt.
set -eu
root=$1
inside() { chroot "$root" "$@"; }
installs() { inside apt-get install --simulate "$@" | awk '$1 == "Inst" { print $2 }'; }

echo 'stage: dependencies of what playbooks install'
# shellcheck disable=SC2086 # lists of words
dependencies=$(installs $WAITING | grep -vxF "$(printf '%s\n' $WAITING)")
# shellcheck disable=SC2086
inside apt-get install --yes --quiet $dependencies
for package in $WAITING; do
  if inside dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
    echo "$package came in as a dependency: it has to wait for the playbook" >&2
    exit 1
  fi
done

echo 'stage: packages that wait'
inside apt-get clean
# shellcheck disable=SC2086
inside apt-get install --yes --quiet --download-only $WAITING

echo 'stage: system'
inside useradd --create-home --shell /bin/bash admin
inside install -d -o admin -g admin -m 700 /home/admin/.ssh
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/update-motd.d/* "$root"/etc/motd "$root"/etc/hostname
: >"$root/etc/resolv.conf"
inside systemctl enable lab-identity.service lab-network.service
# What a guest without a screen, firmware and idle time does not need, and would fork for at each boot.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer getty-static.service getty@tty1.service modprobe@.service proc-sys-fs-binfmt_misc.automount \
  serial-getty@ttyS0.service sys-kernel-debug.mount sys-kernel-tracing.mount systemd-binfmt.service \
  systemd-pstore.service; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# Reading the lists of a whole distribution takes a guest half a minute: keep what is installed or waits.
keep=$(inside dpkg-query --show --showformat '${Package}\n'; printf '%s\n' $WAITING)
for list in "$root"/var/lib/apt/lists/*_Packages; do
  printf '%s\n' "$keep" | awk 'FNR == NR { keep[$1]; next } $2 in keep { print $0 "\n" }' \
    - RS= FS='[ \n]+' "$list" >"$root/trimmed"
  mv "$root/trimmed" "$list"
done
inside apt-cache gencaches
