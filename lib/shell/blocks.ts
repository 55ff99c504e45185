/**
 * What the blocks around a failure say of a batch that is halted: `rs_was_ID` keeps what was halted before a block, and
 * `rs_rest_ID` what its end restores. A rescue that nobody needs is halted as `unneeded`.
 */
export const BLOCK_FUNCTIONS = `\
rs_open() {
  eval "rs_was_$1=\\$rs_halt rs_rest_$1="
  [ -z "\${2:-}" ] || rs_halt=1
}
rs_entered() { eval "[ -z \\"\\$rs_was_$1\\" ]"; }
rs_rescue() {
  rs_entered "$1" || return 0
  if [ -n "$rs_halt" ]; then rs_halt=\${2:+1}; rs_mark rescue "$1" 0; else rs_halt=unneeded; fi
}
rs_always() {
  rs_entered "$1" || return 0
  [ "$rs_halt" != unneeded ] || rs_halt=
  eval "rs_rest_$1=\\$rs_halt"
  rs_halt=\${2:+1}
  rs_mark always "$1" 0
}
rs_close() {
  if rs_entered "$1"; then
    [ "$rs_halt" != unneeded ] || rs_halt=
    [ -n "$rs_halt" ] || eval "rs_halt=\\$rs_rest_$1"
  else eval "rs_halt=\\$rs_was_$1"
  fi
}
`
