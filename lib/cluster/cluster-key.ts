import type { Evidence, Guard } from '../resource/contract.ts'
import { raw, sh } from '../shell/sh.ts'
import { printText, sha256, type Text } from '../shell/text.ts'
import { examine } from './evidence.ts'
import { mustBeStopped } from './heartbeat-state.ts'
import { HEARTBEAT } from './questions.ts'

/** Where heartbeat keeps the key by which the nodes know each other. */
export const AUTHKEYS = '/etc/ha.d/authkeys'

const KEY = sh`if [ -e ${AUTHKEYS} ]; then sha256sum <${AUTHKEYS}; else echo none; fi`

/**
 * Guards authkeys: heartbeat reads it when it starts, and two nodes with different keys are deaf to each
 * other, so both take the service, silently. The key of a running cluster is therefore only restored,
 * never changed.
 */
export function clusterKey(hosts: readonly string[], wanted: Text): Guard {
  const hash = sha256(wanted)
  return {
    protects: 'the key of the running cluster',
    hosts,
    ask: { key: KEY, heartbeat: HEARTBEAT },
    refuse: (evidence) => {
      const silent = hosts.flatMap((host) => examine(evidence, host, { key: () => [], heartbeat: () => [] }))
      if (silent.length > 0) return silent
      const running = hosts.filter((host) => mustBeStopped(answer(evidence, host, 'heartbeat')).length > 0)
      const keys = running.map((host) => answer(evidence, host, 'key').split(' ')[0] ?? '')
      if (running.length === 0 || isSame(keys, hash)) return []
      return [
        `heartbeat runs on ${running.join(' and ')} with another key; stop it on both nodes before you change the key`,
      ]
    },
    recheck: raw('true'),
    // Stricter than the guard, which takes one host's word for another's lost file.
    demands: [
      {
        that: 'heartbeat is stopped there, or runs with this very key',
        of: 'all',
        asks: ['key', 'heartbeat'],
        holds: sh`
          wanted_key() {
          ${printText(wanted)}
          }
          case $said_heartbeat in
            inactive | failed) ;;
            *) [ "$said_key" = "$(wanted_key | sha256sum)" ] ;;
          esac`,
      },
    ],
  }
}

/** At least one running node still shows the wanted key, and none a different one. */
function isSame(keys: readonly string[], hash: string): boolean {
  return keys.includes(hash) && keys.every((key) => key === hash || key === 'none')
}

function answer(evidence: Evidence, host: string, question: string): string {
  return evidence.get(host)?.[question]?.stdout.trim() ?? ''
}
