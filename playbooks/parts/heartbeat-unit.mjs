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
