import { type Shell, sh } from '../shell/sh.ts'
import { examine } from './evidence.ts'
import type { GuardPart } from './guard-part.ts'

/** A device that switches machines off and on, as heartbeat knows it on each node. */
export interface StonithDevice {
  hosts: readonly string[]
  /** As `stonith -L` of cluster-glue lists it: `external/ipmi`. */
  plugin: string
  /** One line with the values of the plugin's parameters; `stonith -F` reads it just as heartbeat does. */
  file: string
  /** What the plugin calls its parameters, in the order of that line. */
  parameters: readonly string[]
}

/** Seconds: more than a device takes that answers, and less than the minute that a monitoring program gives to a plugin. */
const PATIENCE = 20

/** Whether the device answers here. A BMC whose cable is out says nothing for as long as one waits. */
export function asksDevice({ plugin, file }: Pick<StonithDevice, 'plugin' | 'file'>): Shell {
  return sh`
    timeout -k 2 ${PATIENCE} stonith -t ${plugin} -F ${file} -S >/dev/null || {
      case $? in 124 | 137) echo ${`it has said nothing for ${PATIENCE} s`} >&2 ;; esac
      false
    }`
}

/**
 * What heartbeat's guard asks of fencing: each node's device answers and can reset the other one. A node that cannot be
 * fenced is found out now: in need heartbeat would try in vain, every five seconds, and nobody would take over.
 */
export function workingFencing({ hosts, plugin, file, parameters }: StonithDevice): GuardPart {
  const peersOf = (host: string) => hosts.filter((one) => one !== host)
  return {
    ask: {
      'parameters of its fencing': sh`stonith -t ${plugin} -n`,
      'fencing device': asksDevice({ plugin, file }),
      'fenced hosts': sh`stonith -t ${plugin} -F ${file} -l`,
    },
    refuse: (evidence) =>
      hosts.flatMap((host) =>
        examine(evidence, host, {
          'parameters of its fencing': (text) => mustBeAsked(words(text), plugin, parameters),
          'fencing device': () => [],
          'fenced hosts': (text) =>
            peersOf(host)
              .filter((peer) => !words(text).includes(peer))
              .map((peer) => `its fencing device cannot reset ${peer}, it knows ${named(words(text))}`),
        }),
      ),
    demands: [
      {
        that: `${plugin} asks for ${named(parameters)}, in this order`,
        of: 'all',
        asks: ['parameters of its fencing'],
        holds: sh`[ "$(echo $said_parameters_of_its_fencing)" = ${parameters.join(' ')} ]`,
      },
      {
        that: 'its fencing device answers, and can reset its peer',
        of: 'all',
        asks: ['fencing device', 'fenced hosts'],
        holds: sh`
          missing=
          for host in ${hosts}; do
            [ "$host" = "$me" ] || printf '%s\\n' $said_fenced_hosts | grep -Fqx -e "$host" || missing=$host
          done
          [ -z "$missing" ]`,
      },
    ],
  }
}

function mustBeAsked(asked: readonly string[], plugin: string, given: readonly string[]): string[] {
  return asked.join(' ') === given.join(' ')
    ? []
    : [`${plugin} asks for ${named(asked)}, in this order, and the inventory gives ${named(given)}`]
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '')

const named = (list: readonly string[]) => (list.length > 0 ? list.join(', ') : 'nothing')
