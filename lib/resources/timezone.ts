import { defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import { problemsOf } from './checks.ts'
import { fail, readSmall, refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * The time zone of the host: /etc/localtime is a link into the database of zones, localtime(5), and
 * /etc/timezone, where the host has one (Debian until 12), says the same. A daemon reads it when it starts, so
 * let the task notify those that print times.
 *
 * @example timezone({ zone: 'Europe/Berlin' })
 */
export interface Timezone {
  /** A file below /usr/share/zoneinfo; the package tzdata brings them. */
  zone: string
}

const LOCALTIME = '/etc/localtime'
const NAME = '/etc/timezone'

/** @see Timezone */
export const timezone = defineResource<Timezone>({
  kind: 'timezone',
  id: ({ zone }) => zone,
  problems: ({ zone }) =>
    problemsOf([/^[A-Za-z0-9][\w+-]*(\/[\w+-]+)*$/.test(zone), `no time zone can be called ${zone}`]),
  needs: () => ['readlink'],
  probe: ({ zone }) => sh`
    link=
    [ ! -L ${LOCALTIME} ] || link=$(readlink ${LOCALTIME})
    case $link in
      *zoneinfo/*) echo "zone \${link##*zoneinfo/}" ;;
      *) echo zone unknown ;;
    esac
    ${readSmall(NAME, 'named')}
    if [ -e ${NAME} ]; then echo "named \${named%?}"; else echo ${`named ${zone}`}; fi
  `,
  expect: ({ zone }) => ({ zone, named: zone }),
  // The link is renamed into place, so that no moment is without a zone.
  apply: ({ zone }) => sh`
    [ -f ${`/usr/share/zoneinfo/${zone}`} ] || ${fail(`the host has no zone ${zone}: install tzdata, or mend the name`)}
    rm -f /etc/.runsheet.localtime
    ln -s ${`../usr/share/zoneinfo/${zone}`} /etc/.runsheet.localtime
    mv -f /etc/.runsheet.localtime ${LOCALTIME}
    if [ -e ${NAME} ]; then
      ${refuseUnlessPlain(NAME)}
      ${replaceFile(NAME, writeText(toText(`${zone}\n`), '"$tmp"'))}
    fi
  `,
})
