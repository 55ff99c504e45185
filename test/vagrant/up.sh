#!/bin/sh
# Starts two-node with Vagrant under libvirt without KVM, from a box made of the lab's own image, and runs the playbook on it
# twice. As root, on Debian 12, for an hour; all of it runs in namespaces of its own. `npm run lab -- up` makes the image, or
# `npm run test:vagrant -- up`, which calls this.
#
#   apt-get install vagrant vagrant-libvirt libvirt-daemon-system libvirt-clients dnsmasq-base iptables
set -eu
cd "$(dirname "$0")/../.."
. test/vagrant/functions.sh
image=$(newest_image "${IMAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/runsheet/images}")
if [ "${1:-}" != inside ]; then
  exec unshare --net --mount --propagation private --kill-child --pid --fork --mount-proc test/vagrant/up.sh inside
fi
work=$(mktemp -d)
export LAB_TOPOLOGY=two-node LAB_OS=debian12 LAB_LIBVIRT_DRIVER=qemu VAGRANT_DEFAULT_PROVIDER=libvirt
export VAGRANT_HOME="$work/home" VAGRANT_DOTFILE_PATH="$work/machines" XDG_CACHE_HOME="$work/cache"
export LAB_BOX_URL="file://$work/lab.box"
# Not before Vagrant knows its own folders, or it would destroy somebody's machines.
finish() {
  vagrant destroy --force >/dev/null 2>&1 || :
  rm -rf "$work"
}
trap finish EXIT

# The daemon of libvirt, by hand, with settings, sockets and disks that nobody else sees.
ip link set lo up
mkdir -p /etc/libvirt /run/libvirt /var/lib/libvirt "$work/lib"
mount -t tmpfs none /etc/libvirt
mount -t tmpfs none /run/libvirt
mount --bind "$work/lib" /var/lib/libvirt
printf 'security_driver = "none"\nuser = "root"\ngroup = "root"\nstdio_handler = "file"\n' >/etc/libvirt/qemu.conf
echo 'auth_unix_rw = "none"' >/etc/libvirt/libvirtd.conf
libvirtd --daemon --pid-file "$work/libvirtd.pid"
tries=60
until virsh --connect qemu:///system list >/dev/null 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo 'libvirtd does not answer' >&2; exit 1; }
  sleep 1
done

mkdir -p "$VAGRANT_HOME"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/key"
lab/vagrant/box.sh "$image" "$work/key.pub" "$work/lab.box"
LAB_BOX_CHECKSUM=$(sha256sum <"$work/lab.box")
export LAB_BOX_CHECKSUM="${LAB_BOX_CHECKSUM%% *}"
cp "$work/key" "$VAGRANT_HOME/insecure_private_key"

vagrant up
npm run --silent lab -- inventory --provider vagrant
inventory=$XDG_CACHE_HOME/runsheet/labs/vagrant-two-node/inventory.yml
npx zx playbooks/two-node.mjs -i "$inventory"
code=0
npx zx playbooks/two-node.mjs -i "$inventory" --json >"$work/events" || code=$?
unchanged "$code" "$work/events"
