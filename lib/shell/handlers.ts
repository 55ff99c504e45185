/**
 * The folder in which a target remembers, and the handlers that it owes: a file each, in `notify/`.
 *
 * - A handler outlives its shell together with what takes its note away, so that nobody runs it a second time.
 * - A note of a handler that is owed is on the disk before the change is made, as far as the target has sync(1).
 * - `true >file` and not `: >file`: where `:`, a special built-in, cannot write, POSIX ends the whole shell.
 */
export const HANDLER_FUNCTIONS = `\
rs_home() {
  [ -z "$rs_state" ] || return 0
  rs_state=\${XDG_STATE_HOME:-\${HOME:-}/.local/state}/runsheet
  [ "$(id -u)" != 0 ] || rs_state=/var/lib/runsheet
}
rs_owe() {
  [ -n "$rs_notify" ] || return 0
  [ -d "$rs_state/notify" ] || mkdir -p "$rs_state/notify" || rs_rc=1
  for rs_id in $rs_notify; do
    [ -e "$rs_state/notify/$rs_id" ] || { true >"$rs_state/notify/$rs_id" && rs_sync "$rs_state/notify/$rs_id"; } || rs_rc=1
  done
}
rs_sync() { ! command -v sync >/dev/null || sync "$1" 2>/dev/null || true; }
rs_handler() {
  [ -z "$rs_halt$rs_stop" ] || return 0
  rs_home
  [ -e "$rs_state/notify/$1" ] || { rs_mark idle "$1"; return 0; }
  (rs_handle "$@")
  rs_rc=$?
  [ "$rs_rc" = 0 ] || rs_halt=1
  rs_mark handler "$1" "$rs_rc"
}
rs_handle() {
  rs_begun "$1"
  (set -e; rs_eval "$2")
  rs_rc=$?
  [ "$rs_rc" != 0 ] || rm -f "$rs_state/notify/$1" || rs_rc=1
  rs_ended "$1"
  exit "$rs_rc"
}
rs_pending() {
  [ -z "$rs_halt$rs_stop" ] || return 0
  rs_home
  for rs_file in "$rs_state/notify/"*; do
    [ ! -e "$rs_file" ] || echo "\${rs_file##*/}"
  done
  rs_mark pending 0
}
`
