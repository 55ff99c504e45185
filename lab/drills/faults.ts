import type { Fault as LabFault } from '../commands/fault.ts'
import { LabError } from '../errors.ts'
import { commandLine } from '../host/run.ts'
import { giveBack, takeAway } from './failing-disk.ts'
import { table } from './ledger/table.ts'

/** What a fault in the guest needs to know of the cluster. */
export type Place = {
  readonly cards: Readonly<Record<string, string>>
  readonly mount: string
  readonly port: number
  readonly resource: string
  /** That heartbeat starts. */
  readonly units: readonly string[]
}

/** A fault that the hypervisor does, and its end. */
type Outside = { readonly by: 'hypervisor'; readonly inject: LabFault; readonly heal?: LabFault }

type Text = (place: Place, network?: string) => string

/** A fault that root does on the node itself, so that it can be had on any cluster: shell text, and its end. */
type Inside = {
  readonly by: 'guest'
  /** What it did is on the shared storage: its end is where that is by then, and nothing anywhere else. */
  readonly shared?: true
  /** Fails with the reason where the fault would spoil what is not the drill's, or could not be had; it changes nothing. */
  readonly fits?: Text
  readonly inject: Text
  readonly heal?: Text
  /** A boot does not end it. */
  readonly lasting?: true
}

const quote = (word: string): string => commandLine([word])

const cardsOf = ({ cards }: Place, network: string | undefined): string[] => {
  const found = Object.entries(cards).filter(([name]) => network === undefined || name === network)
  if (found.length === 0)
    throw new LabError(`no card is known for the network ${network}`, 'drill what needs no such card')
  return found.map(([, card]) => card)
}

const onCards = (text: (card: string) => string) => (place: Place, network?: string) =>
  cardsOf(place, network).map(text).join(' && ')

// What the kernel has set up by itself has the handle 0 (tc(8)); whatever somebody has chosen could not be given back.
const ownRules = (card: string): string => `
  case $(tc qdisc show dev ${quote(card)}) in
    *' 0: root '*) ;;
    *) echo ${quote(`${card} has a queueing discipline of its own`)} >&2; exit 1 ;;
  esac`

// Of what leaves the card: the other direction stays whole.
const netem = (rule: string): Inside => ({
  by: 'guest',
  fits: onCards(ownRules),
  inject: onCards((card) => `tc qdisc replace dev ${quote(card)} root netem ${rule}`),
  heal: onCards((card) => `tc qdisc del dev ${quote(card)} root`),
})

// The card through which DRBD itself replicates: it may be none of those that heartbeat uses.
const replicating = ({ resource }: Place): string => `
  card=$(ip -o addr show to "$(drbdadm sh-ip ${quote(resource)})" | { read -r number card rest; echo "\${card%@*}"; })
  [ -n "$card" ] || { echo ${quote(`no card has the address at which DRBD replicates ${resource}`)} >&2; exit 1; }`

const dropped = (port: number, end: string): string =>
  `tc filter add dev "$card" ingress protocol ip u32 match ip protocol 6 0xff match ip ${end} ${port} 0xffff action drop`

const kill = (name: string): Inside => ({
  by: 'guest',
  inject: ({ units }) => {
    const unit = units.find((one) => one.startsWith(name)) ?? name
    return `systemctl kill --signal=KILL ${quote(`${unit}.service`)}`
  },
})

const filler = ({ mount }: Place): string => `${mount}/drill-filler`

const mounted = ({ mount }: Place): string =>
  `mountpoint -q ${quote(mount)} || { echo ${quote(`${mount} is not mounted here`)} >&2; exit 1; }`

// What a node had before, in files that only root reads.
const ownKey = '/etc/ha.d/authkeys.drill'
const ownNumber = '/root/drill.uid'

/** Tells that the clock of a node was set forward. */
const jumped = '/run/runsheet-drills.clock'

/** All faults. A cable, a power cut or a freeze is the hypervisor's; the others need root on the node alone. */
export const faults = {
  'power-cut': { by: 'hypervisor', inject: 'power-off', heal: 'power-on' },
  reset: { by: 'hypervisor', inject: 'reset' },
  freeze: { by: 'hypervisor', inject: 'freeze', heal: 'thaw' },
  cable: { by: 'hypervisor', inject: 'cut', heal: 'heal' },
  'one-way-loss': netem('loss 100%'),
  'delay-and-loss': netem('delay 80ms 20ms loss 5%'),
  'drbd-port': {
    by: 'guest',
    fits: (place) => `${replicating(place)}
  case $(tc qdisc show dev "$card") in
    *clsact*) echo "$card has rules of its own" >&2; exit 1 ;;
  esac`,
    inject: (place) => `${replicating(place)}
  tc qdisc add dev "$card" clsact && ${dropped(place.port, 'dport')} && ${dropped(place.port, 'sport')}`,
    heal: (place) => `${replicating(place)}
  tc qdisc del dev "$card" clsact`,
  },
  'disk-error': {
    by: 'guest',
    inject: ({ resource }) => takeAway(resource),
    heal: ({ resource }) => giveBack(resource),
  },
  'full-disk': {
    by: 'guest',
    shared: true,
    fits: mounted,
    // All blocks but the last ones without writing them: through a mirror that would take hours.
    inject: (place) => {
      const [mount, file] = [quote(place.mount), quote(filler(place))]
      return `
  fallocate -l "$(($(stat -f -c '%f * %S' ${mount})))" ${file} 2>/dev/null
  ! dd if=/dev/zero of=${file} bs=1M oflag=append conv=notrunc 2>/dev/null && sync && test -s ${file}`
    },
    heal: (place) => `rm -f ${quote(filler(place))} && sync`,
  },
  'kill-database': kill('mariadb'),
  // Its unit has a number in its name on Debian.
  'kill-nagios': kill('nagios'),
  // What the source writes next cannot be applied: the table of the ledger is gone here alone.
  'broken-replica': {
    by: 'guest',
    inject: () => `mariadb -e 'SET SESSION sql_log_bin = 0; DROP TABLE ${table}'`,
  },
  'clock-jump': {
    by: 'guest',
    // Only a clock that is still ahead is set back: somebody else may have done it, which is told once.
    inject: () => `
  read -r up rest </proc/uptime
  echo "$(($(date +%s) - \${up%.*}))" >${jumped} && { date -s "+1 hour" >/dev/null || { rm -f ${jumped}; exit 1; }; }`,
    heal: () => `
  [ -e ${jumped} ] || exit 0
  read -r boot <${jumped} && read -r up rest </proc/uptime && rm ${jumped} || exit
  if [ "$(($(date +%s) - boot - \${up%.*}))" -gt 3000 ]; then date -s "-1 hour" >/dev/null
  else echo 'somebody has set the clock right meanwhile' >&2; exit 1; fi`,
  },
  'foreign-key': {
    by: 'guest',
    lasting: true,
    inject: () =>
      `cp -p /etc/ha.d/authkeys ${ownKey} && sed -i 's/ sha1 .*/ sha1 a-key-of-another-cluster/' /etc/ha.d/authkeys`,
    heal: () => `mv ${ownKey} /etc/ha.d/authkeys`,
  },
  'foreign-uid': {
    by: 'guest',
    lasting: true,
    inject: () => `id -u nagios >${ownNumber} && usermod -u 7777 nagios`,
    heal: () => `usermod -u "$(cat ${ownNumber})" nagios && rm ${ownNumber}`,
  },
  // As a package does that replaces what runs; the restart takes it away.
  'restart-wanted': { by: 'guest', inject: () => 'touch /run/reboot-required' },
  // The wish of a person is no fault, but it has to lose nothing either; the playbook does it.
  standby: { by: 'guest', inject: () => '/usr/share/heartbeat/hb_standby all' },
} as const satisfies Record<string, Outside | Inside>

export type FaultName = keyof typeof faults
export type Fault = Outside | Inside

/** Whether the end of a fault is where the shared storage is by then. Pure. */
export const isShared = (name: FaultName): boolean => 'shared' in faults[name]

/** Whether the fault can be had where no hypervisor is at hand. Pure. */
export const needsHypervisor = (name: FaultName): boolean => faults[name].by === 'hypervisor'
