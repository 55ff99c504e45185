#!/bin/sh
# box.sh IMAGE KEY.pub FILE.box: packs an image of the embedded lab (a folder with disk.ext4, vmlinuz, initrd) as a box for
# libvirt, into which KEY logs in as admin: its private half has to be insecure_private_key in the folder of Vagrant (VAGRANT_HOME).
set -eu
image=$(realpath "$1") key=$(realpath "$2") box=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp --sparse=always "$image/disk.ext4" disk
cp "$image/vmlinuz" "$image/initrd" .
cp "$key" authorized_keys
ssh-keygen -q -t ed25519 -N '' -C '' -f host_key
# Vagrant sets the other cards up by systemd-networkd, where that runs.
printf '[Match]\nName=eth0\n[Network]\nDHCP=ipv4\n' >management.network
# What a node of the embedded lab gets on a disk of its own is Vagrant's to do here.
echo 'link set lo up' >network
debugfs -w -f - disk >/dev/null 2>&1 <<'END'
mkdir /etc/lab
cd /etc/lab
write network network
cd /etc/systemd/network
write management.network 10-management.network
symlink /etc/systemd/system/multi-user.target.wants/systemd-networkd.service /lib/systemd/system/systemd-networkd.service
cd /etc/ssh
write host_key ssh_host_ed25519_key
write host_key.pub ssh_host_ed25519_key.pub
set_inode_field ssh_host_ed25519_key mode 0100600
cd /home/admin/.ssh
write authorized_keys authorized_keys
set_inode_field authorized_keys uid 1000
set_inode_field authorized_keys gid 1000
set_inode_field authorized_keys mode 0100600
END
# It says nothing of what it could not write.
debugfs -R 'stat /home/admin/.ssh/authorized_keys' disk 2>/dev/null | grep -q 'User: *1000 '
qemu-img convert -f raw -O qcow2 disk box.img
size=$(($(stat -c %s disk) / 1073741824 + 1))
printf '{ "provider": "libvirt", "format": "qcow2", "virtual_size": %s }\n' "$size" >metadata.json
cat >Vagrantfile <<'END'
Vagrant.configure('2') do |config|
  config.ssh.username = 'admin'
  config.ssh.insert_key = false
  config.vm.boot_timeout = 1200 # an emulated machine takes its time
  config.vm.provider :libvirt do |libvirt|
    # The disk has no boot loader.
    libvirt.kernel = File.join(__dir__, 'vmlinuz')
    libvirt.initrd = File.join(__dir__, 'initrd')
    libvirt.cmd_line = 'root=LABEL=lab-root rw console=ttyS0 net.ifnames=0 mitigations=off norandmaps'
  end
end
END
tar -czf "$box" metadata.json Vagrantfile box.img vmlinuz initrd
