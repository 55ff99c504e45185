import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'

/**
 * A restart of the host where something asks for it. The play goes on there when the host answers as another boot. All
 * hosts of a play restart at once unless it has `serial: 1`.
 *
 * @example reboot({ why: 'packages ask for it', needed: sh`[ -e /run/reboot-required ]` })
 */
export interface Reboot {
  /** What asks for it, as a person reads it; one of its kind on a host. */
  why: string
  /**
   * Exit 0: the host must restart; 1: not; anything else: cannot tell, with the reason on stderr. It changes nothing, and
   * must hold no more after the restart: that is looked at.
   */
  needed: Shell
  /** How many seconds it may take until the host answers again; 600 if it is not given. */
  within?: number
}

/** @see Reboot */
export const reboot = defineResource<Reboot>({
  kind: 'reboot',
  id: ({ why }) => why,
  problems: ({ why, within = 600 }) =>
    problemsOf(
      [why !== '', 'a reboot has a reason'],
      [Number.isInteger(within) && within > 0, `a host restarts within whole seconds, not ${within}`],
    ),
  // A subshell, so that an `exit` in the question ends the question alone.
  probe: ({ needed }) => sh`
    (
    ${needed}
    ) > /dev/null
    case $? in
      0) echo 'needed yes' ;;
      1) echo 'needed no' ;;
      *) exit ${CANNOT_TELL} ;;
    esac
  `,
  expect: () => ({ needed: false }),
  errand: ({ within = 600 }) => ({
    kind: 'restart',
    boot: sh`cat /proc/sys/kernel/random/boot_id`,
    within,
  }),
  // The network may go down before anybody says so: the shell of the session ends itself.
  apply: () => sh`
    if [ -d /run/systemd/system ]; then systemctl reboot; else reboot; fi
    kill -KILL $$
  `,
})
