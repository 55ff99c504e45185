import type { Fault as LabFault } from '../commands/fault.ts'
import { commandLine } from '../host/run.ts'

/** What a fault in the guest needs to know of the cluster. */
export type Place = {
  readonly cards: Readonly<Record<string, string>>
  readonly mount: string
  readonly port: number
  readonly resource: string
}

/** A fault that the hypervisor does, and its end. */
type Outside = { readonly by: 'hypervisor'; readonly inject: LabFault; readonly heal?: LabFault }

/** A fault that root does on the node itself, so that it can be had on any cluster: shell text, and its end. */
type Inside = {
  readonly by: 'guest'
  readonly inject: (place: Place, network?: string) => string
  readonly heal?: (place: Place, network?: string) => string
}

const quote = (word: string): string => commandLine([word])

const cardsOf = ({ cards }: Place, network: string | undefined): string[] =>
  Object.entries(cards).flatMap(([name, card]) => (network === undefined || name === network ? [card] : []))

const onCards = (text: (card: string) => string) => (place: Place, network?: string) =>
  cardsOf(place, network).map(text).join(' && ')

// Of what leaves the card: the other direction stays whole.
const netem = (rule: string): Inside => ({
  by: 'guest',
  inject: onCards((card) => `tc qdisc replace dev ${quote(card)} root netem ${rule}`),
  heal: onCards((card) => `tc qdisc del dev ${quote(card)} root`),
})

const dropped = (card: string, port: number, end: string): string =>
  `tc filter add dev ${quote(card)} ingress protocol ip u32 match ip protocol 6 0xff match ip ${end} ${port} 0xffff action drop`

const kill = (unit: string): Inside => ({
  by: 'guest',
  inject: () => `systemctl kill --signal=KILL ${unit}.service`,
})

const filler = ({ mount }: Place): string => quote(`${mount}/drill-filler`)

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
    inject: (place) =>
      Object.values(place.cards)
        .flatMap((card) => [
          `tc qdisc add dev ${quote(card)} clsact`,
          ...['dport', 'sport'].map((end) => dropped(card, place.port, end)),
        ])
        .join(' && '),
    heal: onCards((card) => `tc qdisc del dev ${quote(card)} clsact`),
  },
  'disk-error': {
    by: 'guest',
    // DRBD does the same by itself at the first error (on-io-error detach); --force does not wait for the disk.
    inject: ({ resource }) => `drbdadm detach --force ${quote(resource)}`,
    heal: ({ resource }) => `drbdadm attach ${quote(resource)}`,
  },
  'full-disk': {
    by: 'guest',
    inject: (place) =>
      `{ dd if=/dev/zero of=${filler(place)} bs=1M 2>/dev/null; sync; test -s ${filler(place)}; }`,
    heal: (place) => `rm -f ${filler(place)} && sync`,
  },
  'kill-database': kill('mariadb'),
  'kill-nagios': kill('nagios4'),
  'clock-jump': {
    by: 'guest',
    inject: () => 'date -s "+1 hour" >/dev/null',
    heal: () => 'date -s "-1 hour" >/dev/null',
  },
  // The wish of a person is no fault, but it has to lose nothing either; the playbook does it.
  standby: { by: 'guest', inject: () => '/usr/share/heartbeat/hb_standby all' },
} as const satisfies Record<string, Outside | Inside>

export type FaultName = keyof typeof faults
export type Fault = Outside | Inside

/** Whether the fault can be had where no hypervisor is at hand. Pure. */
export const needsHypervisor = (name: FaultName): boolean => faults[name].by === 'hypervisor'
