import { type Shell, sh } from '../shell/sh.ts'
import type { Firewall } from './firewall.ts'
import { networkOf } from './network.ts'

/** What differs from one firewall to the next. */
export interface FirewallManager {
  /** Sets `live` and `permanent` to yes, no, or other where a rule of that name is another; changes nothing. */
  read: (want: Firewall) => Shell
  /** Each runs after `read`, in the same shell, where that differs from what is wanted. */
  setLive: (want: Firewall) => Shell
  setPermanent: (want: Firewall) => Shell
}

/** firewall-cmd(1) of the default zone: a query exits with 0 where the rule is there. */
export const firewalld: FirewallManager = {
  read: (want) => sh`
    live=no permanent=no
    if firewall-cmd -q ${`--query-rich-rule=${richRule(want)}`}; then live=yes; fi
    if firewall-cmd -q --permanent ${`--query-rich-rule=${richRule(want)}`}; then permanent=yes; fi
  `,
  setLive: (want) => sh`firewall-cmd -q ${change(want)}`,
  setPermanent: (want) => sh`firewall-cmd -q --permanent ${change(want)}`,
}

function change(want: Firewall): string {
  return `--${want.absent ? 'remove' : 'add'}-rich-rule=${richRule(want)}`
}

/** firewalld.richlanguage(5). */
function richRule({ port, protocol = 'tcp', source }: Firewall): string {
  const network = source === undefined ? undefined : networkOf(source)
  const from = network
    ? ` family="ipv${network.version}" source address="${network.address}/${network.length}"`
    : ''
  return `rule${from} port port="${port}" protocol="${protocol}" accept`
}
