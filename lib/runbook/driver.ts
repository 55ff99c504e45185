/**
 * What a person pastes once: `on`, which takes a step to its hosts, and the lines that go before and after every
 * step there. It is POSIX sh for the person's own terminal and, between the marks, for the targets' shells.
 * What the engine does on its wire (`shell/functions.ts`) happens here in the same order, one step at a time.
 */
export const DRIVER = `\
[ -z "\${BASH_VERSION:-}" ] || set +H   # bash: a ! in what you paste is a !

before() { cat <<'BEFORE'
LC_ALL=C PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset CDPATH ENV BASH_ENV
umask 022
cd /
owed=/var/lib/runsheet/notify                    # handlers that are still to run, one file each
[ "$(id -u)" = 0 ] || owed=\${XDG_STATE_HOME:-\${HOME:-}/.local/state}/runsheet/notify
needs= notify= skip= denied= retries=0 delay=0
when() { :; }
safe() { :; }
enough() { :; }
deny() { echo "$me: NOT SO: $1" >&2; denied=yes; }
agree() { deny 'the step says what must hold'; }
BEFORE
}

after() { cat <<'AFTER'
look() {
  for need in $needs; do
    command -v "$need" >/dev/null || { echo "$me: CANNOT TELL: $need is not installed"; return 4; }
  done
  found=$(check) || { echo "$me: CANNOT TELL how it is: the check ended with exit code $?"; return 4; }
}
differs() {
  printf '%s\\n' "$found" | grep -vxF -e "$wanted" | sed 's/^/  is      /'
  printf '%s\\n' "$wanted" | grep -vxF -e "$found" | sed 's/^/  wanted  /'
}
if [ "$mode" = agree ]; then agree; [ -z "$denied" ]; exit; fi
(when) >/dev/null
case $? in
  0) ;;
  1) echo "$me: skipped: $skip"; exit 0 ;;
  *) echo "$me: CANNOT TELL yet whether this step is to be done"; exit 4 ;;
esac
look || exit
if [ "$found" = "$wanted" ]; then echo "$me: as wanted"; exit 0; fi
[ "$mode" = agreed ] || { echo "$me: differs"; differs; }
[ "$mode" != look ] || exit 10
(safe) || { echo "$me: REFUSED at the last moment; nothing was changed"; exit 3; }
for id in $notify; do { mkdir -p "$owed" && true >"$owed/$id"; } || exit 2; done
while :; do
  (set -e; change)
  code=$?
  if [ "$code" = 0 ] && look && [ "$found" = "$wanted" ] && (enough) >&2; then
    echo "$me: changed"
    exit 0
  fi
  [ "$retries" -gt 0 ] || break
  retries=$((retries - 1))
  echo "$me: not yet; once more in $delay s"
  sleep "$delay"
done
[ "$code" = 0 ] || { echo "$me: THE CHANGE FAILED with exit code $code"; exit 2; }
echo "$me: CHANGED, BUT STILL NOT AS WANTED"
differs
exit 2
AFTER
}

run() {   # run MODE HOST TARGET: the step in $step goes to HOST, whole or not at all
  known=$(secrets) || return 1
  {
    echo "{ mode=$1 me=$2 target=$3"
    before
    cat <<STEP
$known
$step
STEP
    after
    echo '} </dev/null'
  } | reach "$2" "$1"
}

agreed() {   # agreed TARGET HOST...: does every HOST agree to a change on TARGET?
  target=$1 first=
  shift
  for host do
    said=$(run agree "$host" "$target") || {
      echo "$target: REFUSED: $host does not agree; nothing was changed"
      return 3
    }
    [ "\${first:=x$said}" = "x$said" ] || {
      echo "$target: REFUSED: $host gives other answers than the hosts before it; nothing was changed"
      return 3
    }
  done
}

on() {   # on TARGET... [asking HOST...]: the step on stdin, on one target after the other
  step=$(cat) targets= code=
  while [ $# -gt 0 ] && [ "$1" != asking ]; do targets="$targets $1"; shift; done
  [ $# = 0 ] || shift
  for goal in $targets; do
    if [ $# = 0 ]; then
      run "\${only:-change}" "$goal" "$goal"
    else
      run look "$goal" "$goal"
    fi
    code=$?
    if [ $code = 10 ] && [ -z "\${only:-}" ]; then
      agreed "$goal" "$@" && run agreed "$goal" "$goal"
      code=$?
    fi
    case $code in 0 | 10) ;; *) [ -n "\${only:-}" ] || return $code ;; esac
  done
}`
