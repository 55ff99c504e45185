/**
 * For a shell whose streams are a terminal, where stderr would mix with stdout: stderr goes to a file without a name,
 * and each mark brings what was added to it. The file is open twice, so that `cat` goes on where it stopped; without
 * a message on stderr a mark forks nothing. They replace those of `FUNCTIONS`.
 */
export const TTY_FUNCTIONS = `\
rs_err=\${TMPDIR:-/tmp}/runsheet.$RS
(umask 077; set -C; true >"$rs_err") && exec 2>>"$rs_err" 9<"$rs_err"
rm -f "$rs_err"
rs_said() {
  if IFS= read -r rs_line <&9; then
    rs_print "$rs_line"
    echo
    cat <&9
  else
    rs_print "$rs_line"
  fi
}
rs_mark() { echo "$RS $*"; rs_said; echo "$RS $*"; }
`
