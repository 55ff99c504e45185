// What lets a running heartbeat take a change of its configuration, and keeps its resources where they are.
import { handler, sh } from 'runsheet'

/** @param {import('./platforms/index.mjs').Platform} platform */
export function reload({ heartbeat }) {
  return handler(
    'heartbeat reads ha.cf anew',
    sh`! systemctl is-active --quiet heartbeat.service || ${heartbeat.programs}/heartbeat -r`,
  )
}
