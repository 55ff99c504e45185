/**
 * A script that ends every process below the shell with this id: SIGTERM to all of them, and SIGKILL to those that
 * live two seconds later. It reads /proc and forks for nothing but the waiting. Its last line is `left` and the ids
 * of those that no signal ends, such as one that waits for a dead NFS server.
 */
export function abortScript(pid: number): string {
  return `\
rs_found=' ${pid} ' rs_grown=1
[ -r /proc/${pid}/stat ] || { echo gone; exit 0; }
while [ -n "$rs_grown" ]; do
  rs_grown=
  for rs_stat in /proc/[0-9]*/stat; do
    { IFS= read -r rs_line <"$rs_stat"; } 2>/dev/null || continue
    rs_pid=\${rs_line%% *}
    case $rs_found in *" $rs_pid "*) continue ;; esac
    set -- \${rs_line##*) }
    [ "$1" != Z ] || continue
    case $rs_found in *" $2 "*) rs_found="$rs_found$rs_pid " rs_grown=1 ;; esac
  done
done
rs_found=\${rs_found# ${pid} }
alive() {
  rs_left=
  for rs_pid in $rs_found; do
    { IFS= read -r rs_line <"/proc/$rs_pid/stat"; } 2>/dev/null || continue
    set -- \${rs_line##*) }
    [ "$1" = Z ] || rs_left="$rs_left $rs_pid"
  done
  [ -n "$rs_left" ]
}
[ -z "$rs_found" ] || kill -TERM $rs_found 2>/dev/null
for rs_second in 1 2; do
  alive || break
  sleep 1
done
if alive; then kill -KILL $rs_left 2>/dev/null; sleep 1; fi
alive
echo "left$rs_left"
`
}
