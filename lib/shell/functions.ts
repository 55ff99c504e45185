/**
 * The functions that each persistent shell learns once. They behave the same in dash, bash 3.2 and later,
 * busybox ash and mksh, and fork only to run a task's own text: a fork costs 50 ms on an emulated target.
 *
 * - `rs_eval` runs text that sees none of our positional parameters. It is called in a subshell only, so
 *   that a syntax error, `exit`, `cd` or `set` in one task never reaches the next.
 * - Nothing that runs a task's text stands left of `||` or in an `if` condition: a shell ignores `set -e` there.
 * - `rs_fused` sets `rs_halt` before it changes anything and takes it back at the end, when it has seen that
 *   the host is as wanted. A halted batch does nothing more, but for what the blocks around the failure say.
 * - `rs_take` lets `head` read a long batch where the shell itself would read it a byte at a time, as bash and
 *   mksh do from a pipe (5 MB: 3 s). The others find the text where they would have read on anyway.
 * - SIGTERM lets the step in hand finish and stops the batch behind it; an idle shell just ends.
 */
export const FUNCTIONS = `\
case \${KSH_VERSION:-} in
'') rs_print() { printf %s "$1"; } ;;
*) rs_print() { print -rn -- "$1"; } ;;
esac
rs_take() {
  case \${BASH_VERSION:-}\${KSH_VERSION:-} in
  ?*) if command -v head >/dev/null; then eval "$(head -c "$1")"; fi ;;
  esac
}
rs_begin() {
  trap 'rs_stop=1' TERM
  rs_halt= rs_stop=
  rs_mark begin $$
}
rs_end() {
  trap - TERM
  rs_mark end
}
rs_mark() { echo "$RS $*"; echo "$RS $*" >&2; }
rs_eval() { rs_text=$1; shift; eval "$rs_text"; }
rs_allow() {
  rs_rc=0
  if [ -n "$rs_when" ]; then (rs_eval "$rs_when") >/dev/null; rs_rc=$?; fi
}
rs_look() {
  rs_text=$1 rs_out= rs_rc=0
  shift
  for rs_need do
    command -v "$rs_need" >/dev/null 2>&1 || { echo "$rs_need is not installed" >&2; rs_rc=75; }
  done
  if [ "$rs_rc" = 0 ]; then rs_out=$(rs_eval "$rs_text"); rs_rc=$?; fi
}
rs_tell() { rs_print "$rs_out"; rs_mark "$1" "$rs_n" "$rs_rc"; }
rs_probe() {
  [ -z "$rs_halt$rs_stop" ] || return 0
  rs_n=$1 rs_when=$2
  shift 2
  rs_allow
  [ "$rs_rc" = 0 ] || { rs_mark when "$rs_n" "$rs_rc"; return 0; }
  rs_look "$@"
  rs_tell probe
}
rs_fused() {
  [ -z "$rs_halt$rs_stop" ] || return 0
  rs_n=$1 rs_when=$2 rs_expected=$3 rs_notify=$4 rs_recheck=$5 rs_apply=$6
  shift 6
  rs_allow
  [ "$rs_rc" = 0 ] || { rs_mark when "$rs_n" "$rs_rc"; [ "$rs_rc" = 1 ] || rs_halt=1; return 0; }
  rs_look "$@"
  rs_tell probe
  [ "$rs_rc" = 0 ] || { rs_halt=1; return 0; }
  [ "x$rs_out" = "x$rs_expected" ] || { rs_halt=1; rs_converge "$@"; }
}
rs_converge() {
  [ -z "$rs_stop" ] || return 0
  [ -z "$rs_notify" ] || rs_home
  if [ -n "$rs_recheck" ]; then (rs_eval "$rs_recheck") >&2; rs_rc=$?; fi
  [ "$rs_rc" = 0 ] || { rs_mark recheck "$rs_n" "$rs_rc"; return 0; }
  rs_owe
  [ "$rs_rc" = 0 ] || { rs_mark apply "$rs_n" "$rs_rc"; return 0; }
  rs_left=$rs_retries rs_again=1
  while [ -n "$rs_again" ]; do rs_try "$@"; done
}
rs_try() {
  rs_again=
  if [ -n "$rs_job" ]; then (rs_begun "$rs_n"; rs_run_job)
  else (rs_begun "$rs_n"; set -e; rs_eval "$rs_apply"); fi
  rs_rc=$?
  rs_ended "$rs_n"
  [ "$rs_rc" = 0 ] || { rs_miss apply; rs_told; return 0; }
  rs_mark apply "$rs_n" 0
  rs_told
  rs_look "$@"
  rs_print "$rs_out"
  [ "$rs_rc" = 0 ] && [ "x$rs_out" = "x$rs_expected" ] || { rs_miss verify; return 0; }
  if [ -n "$rs_until" ]; then (rs_eval "$rs_until") >&2; rs_rc=$?; fi
  [ "$rs_rc" = 0 ] || { rs_miss until; return 0; }
  rs_mark verify "$rs_n" 0
  rs_halt=
}
rs_miss() {
  [ "$rs_left" -gt 0 ] && [ -z "$rs_stop" ] || { rs_mark "$1" "$rs_n" "$rs_rc"; return 0; }
  rs_mark retry "$rs_n" "$rs_rc"
  rs_left=$((rs_left - 1)) rs_again=1
  sleep "$rs_delay"
}
rs_retry() { rs_retries=$1 rs_delay=$2 rs_until=$3; }
rs_ask() {
  [ -z "$rs_halt$rs_stop" ] || return 0
  (rs_eval "$2")
  rs_mark ask "$1" $?
}
`
