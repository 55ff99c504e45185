import { commandLine } from '../host/run.ts'
import { type Fault, type FaultName, faults, type Place } from './faults.ts'

// A fault on the node itself writes down there how it ends. As long as that text is there, no other drill adds to the fault;
// without it there is nothing to end. A timer of systemd runs it where nobody else does: a controller can die, and a fault
// can cut the way by which it would be ended.

/** Minutes: longer than any drill has a fault in place on machines that are not emulated. */
const limit = 30

const quote = (word: string): string => commandLine([word])

// In a folder that lasts as long as the fault: on the shared storage, over a boot, or until the next one.
const fileOf = (name: FaultName, { mount }: Place): string => {
  const fault: Fault = faults[name]
  const [shared, lasting] = fault.by === 'guest' ? [fault.shared, fault.lasting] : []
  return `${shared ? mount : lasting ? '/root' : '/run'}/runsheet-drill-${name}.sh`
}

/** Shell text of root that begins a fault on a node; undefined where the node does not do it itself. Pure. */
export const beginning = (name: FaultName, place: Place, network?: string): string | undefined => {
  const fault: Fault = faults[name]
  if (fault.by !== 'guest') return undefined
  const inject = fault.inject(place, network)
  if (!fault.heal) return inject
  const file = quote(fileOf(name, place))
  const timer = `runsheet-drill-${name}`
  const end = `( ${fault.heal(place, network)} ) || exit\nrm -f ${file}\nsystemctl stop ${timer}.timer 2>/dev/null || :`
  return `
  [ ! -e ${file} ] || { echo ${quote(`an earlier drill has left its ${name} here: sh ${fileOf(name, place)}`)} >&2; exit 1; }
  ( ${fault.fits?.(place, network) ?? ':'} ) || exit
  printf '%s\\n' ${quote(end)} >${file} || exit
  systemctl stop ${timer}.timer 2>/dev/null
  systemd-run --quiet --collect --unit=${timer} --on-active=${limit}min sh ${file} || { rm ${file}; exit 1; }
  ( ${inject} )`
}

/** Shell text of root that ends it, if it is there; undefined where it ends by itself. Pure. */
export const ending = (name: FaultName, place: Place, network?: string): string | undefined => {
  const fault: Fault = faults[name]
  if (fault.by !== 'guest' || !fault.heal) return undefined
  const file = quote(fileOf(name, place))
  // What is on the shared storage can be ended only where that is mounted.
  const there = fault.shared ? (fault.fits?.(place, network) ?? ':') : ':'
  return `( ${there} ) || exit; [ ! -e ${file} ] || sh ${file}`
}
