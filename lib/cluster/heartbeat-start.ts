import type { Demand, Evidence, Guard } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { AUTHKEYS } from './cluster-key.ts'
import { examine } from './evidence.ts'
import { type GuardPart, guardOf } from './guard-part.ts'
import { HEARTBEAT } from './questions.ts'

const HA_CF = '/etc/ha.d/ha.cf'
const HARESOURCES = '/etc/ha.d/haresources'

/** What heartbeat needs on both nodes before it may start on one. */
export interface HeartbeatNeeds {
  hosts: readonly string[]
  /** The cards of the `bcast` line. */
  cards: readonly string[]
  /** Resource scripts named in haresources. */
  scripts: readonly string[]
  /** What storage and fencing ask besides. */
  parts: readonly GuardPart[]
}

/** Guards the start of heartbeat: every known way in which two nodes take one service at once is looked for. */
export function heartbeatStart({ hosts, cards, scripts, parts }: HeartbeatNeeds): Guard {
  return guardOf(
    {
      protects: 'the service, which must not run on both nodes',
      hosts,
      recheck: sh`[ "$(stat -c '%a %U' ${AUTHKEYS})" = '600 root' ]`,
    },
    [configuredHeartbeat(hosts, cards, scripts), ...parts],
  )
}

function configuredHeartbeat(
  hosts: readonly string[],
  cards: readonly string[],
  scripts: readonly string[],
): GuardPart {
  const checks = {
    name: (text: string, host: string) => mustBeNamed(text, host),
    settings: (text: string) => mustBeSafe(text, hosts),
    'mode of the key': mustBePrivate,
    cards: (text: string) => cards.flatMap((card) => mustReachAll(text, card)),
    scripts: (text: string) => text.split('\n').filter((line) => line !== ''),
  }
  return {
    ask: {
      files: sh`sha256sum ${[HA_CF, HARESOURCES, AUTHKEYS]}`,
      name: sh`uname -n`,
      settings: SETTINGS,
      'mode of the key': sh`stat -c '%a %U' ${AUTHKEYS}`,
      cards: sh`ip -oneline -4 address show`,
      scripts: lines(scripts.map(isThere)),
      heartbeat: HEARTBEAT,
    },
    refuse: (evidence, host) => [
      ...hosts.flatMap((one) =>
        Object.entries(checks).flatMap(([question, check]) =>
          examine(evidence, one, { [question]: (text) => check(text, one) }),
        ),
      ),
      ...mustBeEqual(evidence, hosts),
      ...examine(evidence, host, { heartbeat: () => [] }),
    ],
    demands: demands(hosts, cards),
  }
}

/** Of authkeys only the methods: the keys themselves leave the node on no way. */
const SETTINGS = sh`awk '$1 == "node" || $1 == "auto_failback" || FILENAME ~ /authkeys$/ { print $1, $2 }' ${[HA_CF, AUTHKEYS]}`

function demands(hosts: readonly string[], cards: readonly string[]): Demand[] {
  const all = (that: string, question: string, holds?: Shell): Demand => ({
    that,
    of: 'all',
    asks: [question],
    ...(holds && { holds }),
  })
  return [
    all('its `uname -n` is the name by which heartbeat knows it', 'name', sh`[ "$said_name" = "$me" ]`),
    all(
      `ha.cf names ${hosts.join(' and ')} and says auto_failback off, authkeys signs with sha1 alone`,
      'settings',
      areSafe(hosts),
    ),
    all("authkeys is root's, with mode 600", 'mode of the key', sh`[ "$said_mode_of_the_key" = '600 root' ]`),
    ...cards.map((card) => all(`card ${card} has a broadcast address`, 'cards', reachesAll(card))),
    all('the scripts of its resources are there', 'scripts', sh`[ -z "$said_scripts" ]`),
    all('ha.cf, haresources and authkeys are the same on all', 'files'),
    all('systemd knows the state of heartbeat', 'heartbeat', sh`:`),
  ]
}

function areSafe(hosts: readonly string[]): Shell {
  const settings = ['auto_failback off', ...hosts.map((host) => `node ${host}`)]
  return lines([
    ...settings.map((line) => sh`printf '%s\\n' "$said_settings" | grep -Fqx ${line} &&`),
    sh`[ "$(printf '%s\\n' "$said_settings" | grep -E '^[0-9]+ ')" = '1 sha1' ]`,
  ])
}

function reachesAll(card: string): Shell {
  const own = `^[0-9]+: +${card.replaceAll('.', '[.]')} `
  return sh`
    case $(printf '%s\\n' "$said_cards" | grep -E ${own} | head -n 1) in
      *' brd 0.0.0.0 '*) false ;; *' brd '*) ;; *) false ;;
    esac`
}

function isThere(script: string): Shell {
  const path = `/etc/ha.d/resource.d/${script}`
  return sh`[ -x ${path} ] || echo ${`${path} is missing or not executable`}`
}

function mustBeNamed(text: string, host: string): string[] {
  const name = text.trim()
  return name === host ? [] : [`it calls itself '${name}', heartbeat knows it as '${host}'`]
}

function mustBeSafe(text: string, hosts: readonly string[]): string[] {
  const found = text.split('\n')
  const methods = found.filter((line) => /^\d+ /.test(line))
  return [
    ...hosts
      .filter((host) => !found.includes(`node ${host}`))
      .map((host) => `ha.cf does not name node ${host}`),
    ...(found.includes('auto_failback off') ? [] : ['ha.cf does not say auto_failback off']),
    ...(methods.length === 1 && methods[0] === '1 sha1'
      ? []
      : ['authkeys does not sign with sha1 and nothing else']),
  ]
}

function mustBePrivate(text: string): string[] {
  return text.trim() === '600 root' ? [] : [`authkeys is '${text.trim()}', not 600 and root's`]
}

/** Without a broadcast address `bcast` sends to 0.0.0.0: nobody hears it, and both nodes take the service. */
function mustReachAll(text: string, card: string): string[] {
  const own = text.split('\n').filter((line) => new RegExp(`^\\d+: +${card} `).test(line))
  if (own.length === 0) return [`card ${card} is missing or has no IPv4 address`]
  const broadcast = /\bbrd (\S+)/.exec(own[0] ?? '')?.[1]
  return broadcast !== undefined && broadcast !== '0.0.0.0'
    ? []
    : [`card ${card} has no broadcast address; add the address with 'brd +'`]
}

function mustBeEqual(evidence: Evidence, hosts: readonly string[]): string[] {
  const unread = hosts.flatMap((host) => examine(evidence, host, { files: () => [] }))
  if (unread.length > 0) return unread
  const sums = hosts.map((host) => evidence.get(host)?.files?.stdout.split('\n') ?? [])
  return [HA_CF, HARESOURCES, AUTHKEYS].flatMap((path, index) =>
    new Set(sums.map((lines) => lines[index])).size === 1
      ? []
      : [`${path} differs between ${hosts.join(' and ')}: the playbook of the topology writes that of both`],
  )
}
