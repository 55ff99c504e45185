#!/bin/sh
# Makes the disk of a tar: pack.sh ROOT.TAR DIRECTORY SIZE. Leaves disk.ext4, vmlinuz and initrd in DIRECTORY.
set -eu
tar=$1 out=$2 size=$3
mkdir "$out/root"
# Outside the user namespace of who is not root, nobody may delete these files.
trap 'rm -rf "$out/root"' EXIT
# No devices: only real root may make them, and the kernel mounts its own over them.
tar -C "$out/root" --numeric-owner --xattrs --xattrs-include='*' --exclude='./dev/*' -xf "$tar"
cp "$out"/root/boot/vmlinuz-* "$out/vmlinuz"
cp "$out"/root/boot/initrd.img-* "$out/initrd"
mke2fs -q -t ext4 -L lab-root -E lazy_itable_init=0,lazy_journal_init=0 -d "$out/root" "$out/disk.ext4" "$size"
