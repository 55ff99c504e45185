#!/bin/sh
# build.sh [--with-debian-heartbeat] FOLDER: makes a repository of RPM packages there: heartbeat, cluster-glue, drbddisk.
#
# Run it on the Enterprise Linux that shall use them, with rpm-build and createrepo_c; elsewhere it takes what is there
# instead of the packages that the specs name, and proves no more than that they build. Where the archive of heartbeat's
# sources cannot be had, Debian's own build of it will do for a try.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
with=
[ "$1" != --with-debian-heartbeat ] || { with='--with debian'; shift; }
out=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/runsheet/rpm
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$cache" "$out" "$top/SOURCES"

# Where this machine's apt has a package from: the files of its source lie there, too.
folder_of() {
  uri=$(apt-get download --print-uris "$1") && uri=${uri%"' "*} && echo "${uri#"'"}" | sed 's|/[^/]*$||'
}

# What has the wrong sum never gets its name.
fetch() {
  if [ ! -e "$cache/$2" ]; then
    { folder=$(folder_of "$3") && curl -fsSL -o "$cache/$2.new" "$folder/$4"; } || {
      echo "cannot fetch $4 of Debian's archive; put it at $cache/$2 (SHA-256 $1)" >&2
      return 1
    }
    echo "$1  $cache/$2.new" | sha256sum --check --quiet
    mv "$cache/$2.new" "$cache/$2"
  fi
  echo "$1  $cache/$2" | sha256sum --check --quiet
  cp "$cache/$2" "$top/SOURCES/"
}

source_of() { grep -E "^[0-9a-f]{64} $1 " "$here/sources"; }

case $with in
  '') wanted='cluster-glue_1.0.12.orig.tar.bz2 heartbeat_3.0.6.orig.tar.bz2' ;;
  *) wanted='cluster-glue_1.0.12.orig.tar.bz2 heartbeat.deb libheartbeat2.deb' ;;
esac
for name in $wanted; do
  line=$(source_of "$name")
  fetch $line
done
sed 's/drbdrole/drbddisk/' "$here/../../playbooks/templates/drbdrole" >"$top/SOURCES/drbddisk"

# A machine of Debian's knows its packages by other names.
nodeps=
! command -v dpkg-query >/dev/null || nodeps=--nodeps
for spec in cluster-glue heartbeat drbddisk; do
  # Heartbeat is compiled against what was just built. To install it is for whoever owns this machine.
  [ "$spec$with$nodeps" != heartbeat ] || rpm -q cluster-glue >/dev/null || {
    echo "heartbeat needs cluster-glue to be compiled: dnf install $out/*/cluster-glue-1*.rpm, then run this again" >&2
    exit 1
  }
  rpmbuild -bb --quiet $nodeps $with --define "_topdir $top" --define "_rpmdir $out" "$here/$spec.spec"
done
createrepo_c --quiet "$out"
find "$out" -name '*.rpm'
