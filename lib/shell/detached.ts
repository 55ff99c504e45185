/**
 * A change that outlives its connection: it runs beside the shell, with its output in `jobs/ID` of the state folder,
 * and the shell waits for it. Whoever comes after a loss finds it by its id and waits for it, too; so there is never
 * more than one. Its end is forgotten when it has been told, or when it ended well and the state differs again.
 *
 * - `process` holds its name, as of `rs_name`; `code` its exit code, once it has ended.
 * - As every background process of a shell without job control it ignores SIGINT and SIGQUIT.
 */
export const DETACHED_FUNCTIONS = `\
rs_detached() {
  rs_job=$1
  [ -z "$1" ] || rs_home
}
rs_job_alive() {
  rs_home
  rs_name $$
  { read -r rs_hand <"$rs_state/jobs/$1/process"; } 2>/dev/null && rs_alive "$rs_hand"
}
rs_run_job() {
  rs_dir=$rs_state/jobs/$rs_job rs_code=0
  if ! rs_job_alive "$rs_job"; then
    { read -r rs_code <"$rs_dir/code"; } 2>/dev/null
    [ "$rs_code" != 0 ] || rs_start_job
  fi
  while rs_job_alive "$rs_job"; do sleep 1 || exit; done
  cat "$rs_dir/stdout"
  cat "$rs_dir/stderr" >&2
  read -r rs_code <"$rs_dir/code" || { echo 'it was killed before its end' >&2; exit 1; }
  exit "$rs_code"
}
rs_start_job() {
  rm -rf "$rs_dir"
  mkdir -p "$rs_dir" || exit
  { (set -e; rs_eval "$rs_apply"); echo $? >"$rs_dir/code"; } >"$rs_dir/stdout" 2>"$rs_dir/stderr" &
  rs_name $!
  echo "$rs_me" >"$rs_dir/process"
  wait
}
rs_told() { [ -z "$rs_job" ] || rs_job_alive "$rs_job" || rm -rf "$rs_state/jobs/$rs_job"; }
`
