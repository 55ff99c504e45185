import { type Shell, sh } from '../shell/sh.ts'

/**
 * A shell condition: heartbeat runs, or is about to. After a boot its unit is `activating` until the peer must have missed
 * the node, which `systemctl is-active --quiet` takes for stopped (systemctl(1)): what may only be done without heartbeat
 * would be overtaken by it.
 */
export const heartbeatRuns: Shell = sh`systemctl is-active heartbeat.service | grep -qxE 'active|activating|reloading|deactivating'`
