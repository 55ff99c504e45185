#!/bin/sh
# The last step of the image: what no package brings. $1 is the root of the new system, as mmdebstrap(1) says.
set -eu

cat > "$1/etc/ssh/sshd_config.d/contract.conf" <<'END'
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
END

# No console, no checks of disks and no clock: those are the host's.
cat > "$1/etc/inittab" <<'END'
id:2:initdefault:
si::sysinit:/bin/true
l2:2:wait:/etc/init.d/rc 2
END
chroot "$1" systemctl set-default multi-user.target
chroot "$1" systemctl mask systemd-logind.service getty.target console-getty.service

# An archive for apt, of packages that are empty but for what a maintainer script does.
build_deb() {
  mkdir -p "$1/tmp/$2/DEBIAN" "$1/srv/deb"
  printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: a test\n' \
    "$2" "$3" > "$1/tmp/$2/DEBIAN/control"
  chroot "$1" dpkg-deb --build "/tmp/$2" /srv/deb > /dev/null
  deb="$1/srv/deb/${2}_${3}_all.deb"
  chroot "$1" dpkg-deb --field "/srv/deb/${2}_${3}_all.deb" >> "$1/srv/deb/Packages"
  sum=$(sha256sum < "$deb")
  printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${deb##*/}" "$(wc -c < "$deb")" "${sum%% *}" >> "$1/srv/deb/Packages"
}
for name in contract-one contract-two contract-three; do build_deb "$1" $name 1.0; done
# Its daemon cannot start, and that fails the installation, unless a policy forbids to try: policy-rc.d(8).
mkdir -p "$1/tmp/contract-service/DEBIAN" "$1/tmp/contract-service/etc/init.d"
printf '#!/bin/sh\nexit 1\n' > "$1/tmp/contract-service/etc/init.d/contract-service"
printf '#!/bin/sh\nexec invoke-rc.d contract-service start\n' > "$1/tmp/contract-service/DEBIAN/postinst"
chmod 755 "$1/tmp/contract-service/etc/init.d/contract-service" "$1/tmp/contract-service/DEBIAN/postinst"
build_deb "$1" contract-service 1.0
rm -f "$1"/etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/deb ./' > "$1/etc/apt/sources.list"
rm -rf "$1"/var/lib/apt/lists/*
chroot "$1" apt-get -q update

# A repository for dnf and yum, of the same kind.
mkdir -p "$1/srv/rpm" "$1/etc/yum.repos.d"
for name in contract-one contract-two contract-three; do
  printf 'Name: %s\nVersion: 1.0\nRelease: 1\nSummary: a test\nLicense: none\nBuildArch: noarch\n%%description\n%%files\n' \
    $name > "$1/tmp/$name.spec"
  chroot "$1" rpmbuild --quiet -bb --define '_rpmdir /srv/rpm' "/tmp/$name.spec"
done
chroot "$1" createrepo_c --quiet /srv/rpm
cat > "$1/etc/yum.repos.d/contract.repo" <<'END'
[contract]
name=contract
baseurl=file:///srv/rpm
gpgcheck=0
END
rm -rf "$1"/tmp/* "$1"/root/rpmbuild
