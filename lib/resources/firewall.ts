import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import { type FirewallManager, firewalld } from './firewall-managers.ts'
import { iptables } from './iptables.ts'
import { networkOf } from './network.ts'
import { nftables } from './nftables.ts'

/**
 * Lets in what comes to a port, now and after a boot. The rule stands before those that are there; what nobody lets
 * in is the policy of the host's own configuration. The firewall that the host has takes it: firewalld where that
 * runs, else the chain `input` of nftables' table `inet filter` where there is one, else iptables and ip6tables.
 *
 * nftables and iptables find it at the next boot in what the services nftables and netfilter-persistent (on Red
 * Hat: iptables) read; enable those by `service`. With firewalld: not run on a real system.
 *
 * @example firewall({ name: 'mysql', port: 3306, source: '192.168.10.0/24' })
 */
export interface Firewall {
  /** Marks the rule: up to 40 letters, digits, dashes and underscores. firewalld gives rules no names. */
  name: string
  /** One port, or the first and the last with a dash between. */
  port: number | `${number}-${number}`
  /** By default tcp. */
  protocol?: 'tcp' | 'udp'
  /** An address or a network, IPv4 or IPv6, as `10.0.0.0/8`; without it from anywhere. */
  source?: string
  /** There shall be no such rule. */
  absent?: true
  /** By default the one that the host has. */
  manager?: 'firewalld' | 'nftables' | 'iptables'
}

/** @see Firewall */
export const firewall = defineResource<Firewall>({
  kind: 'firewall',
  id: ({ name }) => name,
  problems: ({ name, port, source }) =>
    problemsOf(
      [/^\w[\w-]{0,39}$/.test(name), `no rule can be called ${name}`],
      [isPorts(port), `no port: ${port}`],
      [source === undefined || networkOf(source) !== undefined, `no address and no network: ${source}`],
    ),
  probe: (want) => sh`
    ${choose(want, (manager) => manager.read(want), CANNOT_TELL)}
    echo "live $live"
    echo "permanent $permanent"
  `,
  expect: ({ absent }) => ({ live: !absent, permanent: !absent }),
  apply: (want) =>
    choose(
      want,
      (manager) => sh`
        ${manager.read(want)}
        if [ "$live" != ${want.absent ? 'no' : 'yes'} ]; then
          ${manager.setLive(want)}
        fi
        if [ "$permanent" != ${want.absent ? 'no' : 'yes'} ]; then
          ${manager.setPermanent(want)}
        fi
      `,
      1,
    ),
})

function isPorts(port: number | string): boolean {
  const [first = 0, last = first, ...more] = String(port).split('-').map(Number)
  return (
    more.length === 0 &&
    [first, last].every((one) => Number.isInteger(one) && one > 0 && one < 65536) &&
    first <= last
  )
}

function choose({ manager }: Firewall, shell: (manager: FirewallManager) => Shell, code: number): Shell {
  if (manager) return shell({ firewalld, nftables, iptables }[manager])
  return sh`
    if command -v firewall-cmd > /dev/null && firewall-cmd -q --state 2> /dev/null; then
      ${shell(firewalld)}
    elif command -v nft > /dev/null && nft list chain inet filter input > /dev/null 2>&1; then
      ${shell(nftables)}
    elif command -v iptables-save > /dev/null; then
      ${shell(iptables)}
    else
      echo 'there is no firewall: neither firewalld nor a chain input in the table inet filter of nft nor iptables' >&2
      exit ${code}
    fi
  `
}
