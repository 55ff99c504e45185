// The group of resources as a whole: one node holds all of it, the other nothing.
import { lines, raw, sh } from 'runsheet'
import { command } from 'runsheet/resources'

/** @typedef {import('./cluster.mjs').Group} Group */
/** @typedef {import('./cluster.mjs').Said} Said */

/**
 * Sets `vip` to yes or no, `active` to the units that run, and what the components tell of themselves.
 *
 * @param {Group} group
 */
function readGroup({ vip, units, states }) {
  return sh`
    ${lines(states.map(({ read }) => read))}
    vip=no
    [ -z "$(ip -oneline -4 address show to ${vip.address})" ] || vip=yes
    active=
    set -- ${units}
    for state in $(systemctl is-active "$@"); do
      case $state in active | reloading) active="$active $1" ;; esac
      shift
    done`
}

/**
 * What a node has of the group, for people: one word and its value a line.
 *
 * @param {Group} group
 */
export function describeGroup(group) {
  const names = ['vip', ...group.states.flatMap((state) => state.names)]
  return sh`
    ${readGroup(group)}
    ${raw(names.map((name) => `echo "${name} $${name}"`).join('\n'))}
    echo "active$active"`
}

/**
 * That answer, read.
 *
 * @param {string} answer one word and its value a line
 * @returns {Said}
 */
export function saidOf(answer) {
  const pairs = answer.split('\n').map((line) => {
    const [word = '', ...rest] = line.split(' ')
    return [word, rest.join(' ')]
  })
  return Object.fromEntries(pairs)
}

/**
 * The same in a sentence.
 *
 * @param {Group} group
 * @param {Said} said
 */
export function tellGroup({ vip, states }, said) {
  return [
    said.vip === 'yes' ? `holds ${vip.address}` : 'standby',
    ...states.flatMap(({ tell }) => tell(said)),
    said.active ? `runs ${said.active}` : 'runs none of the services',
  ].join(', ')
}

/** @param {Group} group */
export function settled(group) {
  return command({
    name: 'one node holds the service, the other nothing of it',
    unless: isSettled(group),
    run: sh`
      tries=${group.heartbeat.initdead + 600}
      until (
        ${isSettled(group)}
      ); do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { ${describeGroup(group)}
          exit 1; } >&2
        sleep 1
      done`,
  })
}

/**
 * All of it here, and every service answers; or nothing of it here, and the peer is the one that has it.
 *
 * @param {Group} group
 */
function isSettled(group) {
  const { services, units, states } = group
  const checks = services.map(({ check }) => check).filter((check) => check !== undefined)
  const names = states.flatMap(({ here }) => Object.keys(here))
  const here = ['yes', ...states.flatMap((state) => Object.values(state.here)), ...units]
  const elsewhere = ['no', ...states.flatMap((state) => Object.values(state.elsewhere))]
  return sh`
    ${readGroup(group)}
    case "$vip${raw(names.map((name) => ` $${name}`).join(''))}$active" in
      ${here.join(' ')}) ${raw(checks.map((check) => `( ${check} ) &&`).join(' '))} true ;;
      ${elsewhere.join(' ')}) ;;
      *) false ;;
    esac`
}
