import { type Shell, sh } from '../shell/sh.ts'
import { fail } from './snippets.ts'

/** Ends an apply unless the device can be opened, and blkid(8) and wipefs(8) find nothing at all on it. */
export function refuseUnlessEmpty(device: string): Shell {
  return sh`
    ( : < ${device} )
    code=0
    found=$(blkid -p -o export ${device}) || code=$?
    [ $code -eq 2 ] || ${fail(device, ' is not empty (blkid ', sh`"$code"`, '): ', sh`"$found"`)}
    found=$(wipefs -n ${device})
    [ -z "$found" ] || ${fail(device, ' is not empty: ', sh`"$found"`)}
  `
}
