// The group of resources as a whole: one node holds all of it, the other nothing.
import { lines, raw, sh } from 'runsheet'
import { command } from 'runsheet/resources'

/** @typedef {import('./cluster.mjs').Group} Group */
/** @typedef {import('./cluster.mjs').Said} Said */
/** @typedef {import('runsheet').Guard} Guard */
/** @typedef {import('runsheet').Shell} Shell */

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
    ${units.length > 0 ? readUnits(units) : sh`:`}`
}

/** @param {readonly string[]} units */
function readUnits(units) {
  return sh`
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
 * Orders heartbeat to bring the group here, and waits: as long as something moves, a slow machine is slow, not wrong. What a
 * client writes meanwhile moves nothing of the group.
 *
 * @param {Group} group
 * @param {string} node
 * @param {Guard} guard
 */
export function takenOver(group, node, guard) {
  const run = sh`
    ${group.platform.heartbeat.tools}/hb_takeover all
    before= idle=0
    until (
      ${isComplete(group)}
    ); do
      now=$(
        ${readGroup(group)}
        echo ${deciding(group)}
      )
      if [ "$now" = "$before" ]; then idle=$((idle + 1)); else before=$now idle=0; fi
      [ $idle -le 300 ] || { echo 'the service does not arrive; so far:'
        ${describeGroup(group)}
        exit 1; } >&2
      sleep 1
    done`
  const unless = isComplete(group)
  return command({ name: `${node} has the service`, unless, run, needs: ['cl_status'] }, { guard })
}

/**
 * All of it here, and every service answers; or nothing of it here, and the peer is the one that has it.
 *
 * @param {Group} group
 */
function isSettled(group) {
  const elsewhere = ['no', ...group.states.flatMap((state) => Object.values(state.elsewhere))]
  return compared(group, sh`${elsewhere.join(' ')}) ;;`)
}

/** @param {Group} group */
function isComplete(group) {
  return compared(group, sh`no*) false ;;`)
}

/** What decides who has it, in one shell word. @param {Group} group */
function deciding({ states }) {
  const names = states.flatMap(({ here }) => Object.keys(here))
  return sh`"$vip${raw(names.map((name) => ` $${name}`).join(''))}$active"`
}

/**
 * @param {Group} group
 * @param {Shell} otherwise what else is right, as a clause of case
 */
function compared(group, otherwise) {
  const { services, units, states } = group
  const checks = services.map(({ check }) => check).filter((check) => check !== undefined)
  const here = ['yes', ...states.flatMap((state) => Object.values(state.here)), ...units]
  return sh`
    ${readGroup(group)}
    case ${deciding(group)} in
      ${here.join(' ')}) ${raw(checks.map((check) => `( ${check} ) &&`).join(' '))} true ;;
      ${otherwise}
      *) false ;;
    esac`
}
