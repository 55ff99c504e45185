// How heartbeat is stopped, by a person, a playbook or a shutdown: at once where it waits, and also where it starts itself anew.
import { file, template } from 'runsheet/resources'
import { dropIn } from './heartbeat-unit.mjs'
import { platformOf } from './platforms/index.mjs'

/** @typedef {import('./variables.mjs').Variables} Variables */

const SCRIPT = '/etc/ha.d/stop'

/** @param {Variables} variables */
export function endsForSure(variables) {
  return [
    file({ path: SCRIPT, content: stopScript(variables), mode: '0755', owner: 'root', group: 'root' }),
    // The empty one takes the place of the package's own, which would wait, or leave one behind.
    dropIn('stop', `ExecStop=\nExecStop=/bin/sh ${SCRIPT}\n`),
  ]
}

/** @param {Variables} variables */
export function stopScript(variables) {
  const { tools } = platformOf(variables).heartbeat
  const url = new URL('../templates/stop-heartbeat', import.meta.url)
  return template(url, { vip: variables.vip.address, tools })
}
