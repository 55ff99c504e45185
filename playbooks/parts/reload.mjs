// What lets a running heartbeat take a change of its configuration, and keeps its resources where they are.
import { handler, sh } from 'runsheet'

export const reload = handler(
  'heartbeat reads ha.cf anew',
  sh`! systemctl is-active --quiet heartbeat.service || /usr/libexec/heartbeat/heartbeat -r`,
)
