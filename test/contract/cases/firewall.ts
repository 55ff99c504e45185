import { firewall } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const CONF = '/etc/nftables.conf'

/** As Debian's package has it, with a policy. */
const TABLE = `flush ruleset
table inet filter {
  chain input {
    type filter hook input priority 0; policy accept;
    tcp dport 22 accept
  }
}
`

const inNft = sh`
  nft flush ruleset
  printf %s ${TABLE} > ${CONF}
  nft -f ${CONF}
`

const inIptables = sh`
  nft flush ruleset
  rm -rf /etc/iptables
  mkdir -p /etc/iptables
  iptables -A INPUT -p tcp --dport 22 -j ACCEPT
  iptables-save > /etc/iptables/rules.v4
`

export const cases: readonly ContractCase[] = [
  {
    name: 'of nftables, from a network',
    machine: 'debian',
    prepare: inNft,
    task: () => firewall({ name: 'mysql', port: 3306, source: '10.1.2.3/8' }),
    drift: [
      { field: 'live', by: sh`nft -f ${CONF}; nft flush chain inet filter input` },
      {
        field: 'live',
        by: sh`nft flush chain inet filter input; nft insert rule inet filter input tcp dport 3306 accept comment '"runsheet-mysql"'`,
      },
      { field: 'permanent', by: sh`sed -i '/^include/d' ${CONF}` },
      { field: 'permanent', by: sh`rm /etc/nftables.d/runsheet-mysql.nft` },
    ],
    hostile: (name) => firewall({ name, port: 80 }),
  },
  {
    name: 'of nftables, for a range of an IPv6 host',
    machine: 'debian',
    prepare: inNft,
    task: () => firewall({ name: 'range', port: '8000-8010', protocol: 'udp', source: '2001:DB8:0:0::1' }),
    drift: [{ field: 'live', by: sh`nft flush chain inet filter input` }],
  },
  {
    name: 'absent in nftables',
    machine: 'debian',
    prepare: sh`
      ${inNft}
      mkdir -p /etc/nftables.d
      nft insert rule inet filter input tcp dport 81 accept comment '"runsheet-gone"'
    `,
    task: () => firewall({ name: 'gone', port: 80, absent: true }),
    drift: [
      {
        field: 'live',
        by: sh`nft insert rule inet filter input tcp dport 80 accept comment '"runsheet-gone"'`,
      },
      {
        field: 'permanent',
        by: sh`echo '# x' > /etc/nftables.d/runsheet-gone.nft`,
      },
    ],
  },
  {
    name: 'of iptables, from anywhere',
    machine: 'debian',
    prepare: inIptables,
    task: () => firewall({ name: 'web', port: '80-81', manager: 'iptables' }),
    drift: [
      { field: 'live', by: sh`iptables -D INPUT 1` },
      { field: 'live', by: sh`ip6tables -F INPUT` },
      { field: 'permanent', by: sh`sed -i '/runsheet-web/d' /etc/iptables/rules.v4` },
    ],
  },
  {
    name: 'of iptables, from a network, in the place of another',
    machine: 'debian',
    prepare: sh`
      ${inIptables}
      iptables -A INPUT -p tcp --dport 5404 -m comment --comment runsheet-ring -j ACCEPT
      iptables-save > /etc/iptables/rules.v4
    `,
    task: () =>
      firewall({ name: 'ring', port: 5405, protocol: 'udp', source: '192.168.7.0/24', manager: 'iptables' }),
    drift: [
      { field: 'live', by: sh`iptables -F INPUT` },
      {
        field: 'live',
        by: sh`ip6tables -A INPUT -p udp --dport 5405 -m comment --comment runsheet-ring -j ACCEPT`,
      },
    ],
  },
  {
    name: 'absent in iptables',
    machine: 'debian',
    prepare: sh`
      ${inIptables}
      iptables -A INPUT -p tcp --dport 80 -m comment --comment runsheet-out -j ACCEPT
    `,
    task: () => firewall({ name: 'out', port: 80, absent: true, manager: 'iptables' }),
    drift: [],
  },
]
