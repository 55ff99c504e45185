// With fencing a heartbeat that starts waits for its peer, for days; neither a person nor a shutdown has to wait with it.
import { handler, sh } from 'runsheet'
import { directory, file, template } from 'runsheet/resources'
import { platformOf } from '../platforms/index.mjs'

/** @typedef {import('../variables.mjs').Variables} Variables */

const SCRIPT = '/etc/ha.d/stop'
const SETTINGS = '/etc/systemd/system/heartbeat.service.d'

const ours = { owner: 'root', group: 'root' }

/** @param {Variables} variables */
export function endsAtOnce(variables) {
  return [
    file({ path: SCRIPT, content: stopScript(variables), mode: '0755', ...ours }),
    directory({ path: SETTINGS, mode: '0755', ...ours }),
    file(
      {
        path: `${SETTINGS}/stop.conf`,
        // The empty one takes the place of the package's own, which would wait.
        content: `# Written by runsheet.\n[Service]\nExecStop=\nExecStop=/bin/sh ${SCRIPT}\n`,
        mode: '0644',
        ...ours,
      },
      { notify: reread },
    ),
  ]
}

const reread = handler('systemd reads its units anew', sh`systemctl daemon-reload`)

/** @param {Variables} variables */
export function stopScript(variables) {
  const { tools } = platformOf(variables).heartbeat
  const url = new URL('../../templates/stop-heartbeat', import.meta.url)
  return template(url, { vip: variables.vip.address, tools })
}
