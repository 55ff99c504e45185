import { BLOCK_FUNCTIONS } from './blocks.ts'
import { DETACHED_FUNCTIONS } from './detached.ts'
import { FUNCTIONS } from './functions.ts'
import { HANDLER_FUNCTIONS } from './handlers.ts'
import { LOCK_FUNCTIONS } from './lock.ts'

/**
 * The environment of all that runs on a target. The administrator's own PATH comes first; `cd /` since a shell that
 * became another user may stand in a folder that this user cannot read.
 */
export const ENVIRONMENT = `\
LC_ALL=C PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset CDPATH ENV BASH_ENV
umask 022
cd /
`

/**
 * What a fresh shell is told before its first batch: a known environment and the functions of the protocol.
 *
 * @param nonce hexadecimal, unique to the session, so that no payload can look like a mark
 */
export function prelude(nonce: string): string {
  return `\
RS=${nonce} rs_state= rs_boot= rs_held= rs_job= rs_retries=0 rs_delay=0 rs_until=
${ENVIRONMENT}trap rs_unlock EXIT
trap 'exit 129' HUP
trap 'exit 141' PIPE
${FUNCTIONS}${BLOCK_FUNCTIONS}${HANDLER_FUNCTIONS}${LOCK_FUNCTIONS}${DETACHED_FUNCTIONS}`
}
