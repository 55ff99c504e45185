// What systemd has to know of heartbeat beyond what its package says.
import { handler, sh } from 'runsheet'
import { directory, file } from 'runsheet/resources'

const SETTINGS = '/etc/systemd/system/heartbeat.service.d'

const ours = { owner: 'root', group: 'root' }

const reread = handler('systemd reads its units anew', sh`systemctl daemon-reload`)

/** @param {string} name @param {string} settings lines of the section Service */
export function dropIn(name, settings) {
  const content = `# Written by runsheet.\n[Service]\n${settings}`
  return file({ path: `${SETTINGS}/${name}.conf`, content, mode: '0644', ...ours }, { notify: reread })
}

/**
 * After a partition heartbeat gives all up and starts itself anew, as another process. Systemd sees the first one end, and
 * where it looks before the second has written its number, it stops that one, too: the node stayed without heartbeat. One
 * that ends in good order has let its resources go, so it may be started; one that was killed has not.
 */
export function startsAgain() {
  return [
    directory({ path: SETTINGS, mode: '0755', ...ours }),
    dropIn('again', 'Restart=on-success\nRestartSec=2\n'),
  ]
}

/**
 * A node that was reset and is back before its peer took it for dead is no dead node for heartbeat, and none that gave
 * anything up: with `auto_failback off` nobody takes over, for ever ("No one owns our local resources!"). So heartbeat
 * starts when the peer must have noticed. Who boots for longer than that does not wait at all.
 *
 * @param {{ deadtime: number }} heartbeat in seconds
 */
export function startsWhenMissed({ deadtime }) {
  const missed = `"$$(cut -d. -f1 /proc/uptime)" -gt ${deadtime + 5}`
  const wait = `ExecStartPre=/bin/sh -c 'until [ ${missed} ]; do sleep 1; done'`
  return dropIn('missed', `TimeoutStartSec=0\n${wait}\n`)
}
