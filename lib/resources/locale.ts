import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import { asked, fail, refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * A locale of the C library: it is there, and, where that is asked, it is the system's own. Debian's package
 * `locales`, or glibc-langpack-LANGUAGE and glibc-locale-source of Red Hat, must be installed. The sources of a
 * locale must be there; on Debian /etc/locale.gen lists it, so that an upgrade makes it again.
 *
 * @example locale({ name: 'de_DE.UTF-8', systemDefault: true })
 */
export interface Locale {
  /** Language, country and encoding, such as `en_GB.UTF-8`. */
  name: string
  /** It is LANG of every new session: locale.conf(5); on Debian /etc/default/locale, before systemd i18n. */
  systemDefault?: true
}

/** @see Locale */
export const locale = defineResource<Locale>({
  kind: 'locale',
  id: ({ name }) => name,
  problems: ({ name }) =>
    problemsOf([/^[a-z]{2,3}_[A-Z]{2}\.[\w-]+(@\w+)?$/.test(name), `no locale: ${name}`]),
  needs: () => ['locale'],
  probe: (want) => sh`
    ${isThere(want)}
    echo "available $available"
    ${want.systemDefault ? chooseFile(readDefault) : sh`:`}
    ${want.systemDefault ? sh`printf 'default %s\\n' "$default"` : sh`:`}
  `,
  expect: ({ name, systemDefault }) => ({ available: true, ...asked({ default: systemDefault && name }) }),
  apply: (want) => sh`
    ${isThere(want)}
    if [ $available = no ]; then
      ${make(want)}
    fi
    ${want.systemDefault ? chooseFile((path) => writeDefault(path, want)) : sh`:`}
  `,
})

/** Sets `available`. locale(1) writes the encoding in small letters and without dashes. */
function isThere({ name }: Locale): Shell {
  const [, before = '', encoding = '', after = ''] = /^([^.]+)[.]([^@]+)(.*)$/.exec(name) ?? []
  const listed = `${before}.${encoding.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}${after}`
  return sh`
    newline='
    '
    available=no
    case $newline$(locale -a 2> /dev/null)$newline in *"$newline"${listed}"$newline"*) available=yes ;; esac
  `
}

function make({ name }: Locale): Shell {
  const [, source = '', encoding = '', modifier = ''] = /^([^.]+)[.]([^@]+)(.*)$/.exec(name) ?? []
  const entry = `${name} ${encoding}`
  return sh`
    [ -f ${`/usr/share/i18n/locales/${source}${modifier}`} ] ||
      ${fail(`the host has no source of the locale ${name}: install locales, or glibc-locale-source`)}
    if [ -f /etc/locale.gen ]; then
      ${refuseUnlessPlain('/etc/locale.gen')}
      grep -qxF ${entry} /etc/locale.gen ||
        ${replaceFile('/etc/locale.gen', sh`{ cat /etc/locale.gen; echo ${entry}; } > "$tmp"`)}
    fi
    localedef -i ${source + modifier} -f ${encoding} ${name}
  `
}

/** Newer Debians make the first a link to the second. */
function chooseFile(shell: (path: string) => Shell): Shell {
  return sh`
    if [ -f /etc/debian_version ] && [ ! -L /etc/default/locale ]; then
      ${shell('/etc/default/locale')}
    elif [ -d /etc/sysconfig ] && [ ! -d /run/systemd/system ] && [ ! -f /etc/locale.conf ]; then
      ${shell('/etc/sysconfig/i18n')}
    else
      ${shell('/etc/locale.conf')}
    fi
  `
}

/** Sets `default`. Builtins take the few lines. */
function readDefault(path: string): Shell {
  return sh`
    default=none
    [ ! -f ${path} ] || while read -r line || [ -n "$line" ]; do
      case $line in LANG=*) default=\${line#LANG=} ;; esac
    done < ${path}
    default=\${default#[\\'\\"]}
    default=\${default%[\\'\\"]}
  `
}

function writeDefault(path: string, { name }: Locale): Shell {
  const fill = sh`
    from=${path}
    [ -e "$from" ] || from=/dev/null
    line=${`LANG=${name}`} awk '
      /^LANG=/ { if (!done++) print ENVIRON["line"]; next }
      { print }
      END { if (!done) print ENVIRON["line"] }
    ' "$from" > "$tmp"
  `
  return sh`
    ${refuseUnlessPlain(path)}
    ${replaceFile(path, fill)}
  `
}
