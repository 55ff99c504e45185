/**
 * The lock of a target against two runs at once, and the journal of what is done there. Both lie in the folder of
 * `rs_home`: `lock/` holds a file a shell, named as its process, with the id of the run and a line about its owner; `journal`
 * has a line `begin N PROCESS` and a line `end N RC` for each change of the last run.
 *
 * - A process is named `PID.START.BOOT`: its start is field 22 of /proc/PID/stat, see proc(5). Such a name is never
 *   given twice, so that who removes the file of a dead holder can never remove another's. Without /proc the id alone
 *   has to do.
 * - `mkdir` decides. The folder of a dead holder is emptied and then removed by `rmdir`, which fails if another was
 *   faster; a holder whose folder vanished while it was still empty cannot write into it, or is not alone in it. One
 *   that stays empty was made by a shell that was killed then.
 * - A shell that was killed may have left its change at work. The journal names it, and so long the lock is live.
 * - Shells of one run share the lock: an inventory may know one machine by several names.
 * - `rs_claim` returns 0 when the lock is ours, 1 when it could not be made, 2 while `rs_holder` lives.
 * - The run that is resumed is asked to stop (see `rs_begin`), and waited for, however long its last change takes. A
 *   shell that only waits for a controller that is gone is killed: mksh is not woken by SIGTERM there.
 */
export const LOCK_FUNCTIONS = `\
rs_life() {
  rs_start=0
  [ -r /proc/self/stat ] || { kill -0 "$1" 2>/dev/null; return; }
  { IFS= read -r rs_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${rs_line##*) }
  [ "$1" != Z ] || return 1
  shift 19
  rs_start=$1
}
rs_name() {
  [ -n "$rs_boot" ] || { read -r rs_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || rs_boot=none
  rs_life "$1"
  rs_me=$1.$rs_start.$rs_boot
}
rs_alive() {
  rs_pid=\${1%%.*} rs_born=\${1#*.}
  [ "\${rs_born#*.}" = "$rs_boot" ] && rs_life "$rs_pid" && [ "\${rs_born%%.*}" = "$rs_start" ]
}
rs_at_work() {
  [ -r "$rs_state/journal" ] || return 1
  while read -r rs_word rs_line rs_hand; do
    [ "$rs_word" != begin ] || ! rs_alive "$rs_hand" || return 0
  done <"$rs_state/journal"
  return 1
}
rs_begun() {
  [ -n "$rs_held" ] || return 0
  { read -r rs_pid rs_rest </proc/self/stat; } 2>/dev/null || rs_pid=$$
  rs_name "$rs_pid"
  echo "begin $1 $rs_me" >>"$rs_state/journal"
}
rs_ended() { [ -z "$rs_held" ] || echo "end $1 $rs_rc" >>"$rs_state/journal"; }
rs_break() {
  rs_joins=
  for rs_holder in "$rs_state/lock/"*; do
    if [ ! -e "$rs_holder" ]; then [ "$rs_tries" -gt 3 ] || return 1
    elif ! rs_alive "\${rs_holder##*/}"; then
      ! rs_at_work || return 2
      rm -f "$rs_holder"
    elif rs_is_ours "$rs_holder"; then rs_joins=1
    else return 2; fi
  done
  [ -n "$rs_joins" ] || rmdir "$rs_state/lock"
}
rs_is_ours() {
  rs_before= rs_rest=
  { read -r rs_before rs_rest <"$1"; } 2>/dev/null
  [ "$rs_before" = "$rs_run" ]
}
rs_claim() {
  rs_joins=
  [ ! -d "$rs_state/lock" ] || rs_break || return
  [ -n "$rs_joins" ] || mkdir "$rs_state/lock" || return 1
  echo "$rs_run $rs_owner" >"$rs_state/lock/$rs_me"
  for rs_holder in "$rs_state/lock/"*; do
    rs_is_ours "$rs_holder" || { rs_let_go; return 1; }
  done
}
rs_let_go() {
  rm -f "$rs_state/lock/$rs_me"
  rmdir "$rs_state/lock"
}
rs_ask_to_stop() {
  rs_is_ours "$rs_holder"
  [ -n "$rs_before" ] || return 0
  case " $rs_resumed " in *" $rs_before "*) ;; *) return 1 ;; esac
  rs_alive "\${rs_holder##*/}" || return 0
  rs_before=$rs_pid
  if [ "$rs_tries" -gt 3 ] && ! rs_at_work; then kill -KILL "$rs_before"; else kill -TERM "$rs_before"; fi
}
rs_lock() {
  rs_run=$1 rs_resumed=$2 rs_owner=$3 rs_tries=1 rs_rc=0
  rs_home
  rs_name $$
  [ -d "$rs_state" ] || mkdir -p "$rs_state"
  until rs_claim; do
    rs_rc=$?
    case $rs_rc in
    2) rs_ask_to_stop || break; sleep 1 || break ;;
    *) [ "$rs_tries" -lt 10 ] || break; sleep 0.1 2>/dev/null || sleep 1 || break ;;
    esac
    rs_tries=$((rs_tries + 1)) rs_rc=0
  done
  case $rs_rc in
  0) rs_hold ;;
  2) rs_stop=1; rs_print "\${rs_holder##*/} $rs_before $rs_rest" ;;
  *) rs_stop=1 ;;
  esac
  rs_mark lock "$rs_rc"
}
rs_hold() {
  rs_held=$rs_me
  [ -z "$rs_joins" ] || return 0
  [ -z "$rs_resumed" ] || [ ! -r "$rs_state/journal" ] || cat "$rs_state/journal"
  echo "run $rs_run" >"$rs_state/journal" || rs_rc=1 rs_stop=1
}
rs_unlock() {
  [ -z "$rs_held" ] || { rs_me=$rs_held rs_held=; rs_let_go 2>/dev/null; }
}
`
