import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import { isAccount, isLine, problemsOf } from './checks.ts'
import { scheduleProblems } from './cron-schedule.ts'
import { changeEntry, printEntry } from './crontab.ts'
import { accessState, printAccess, readSmall, refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * An entry of cron(8): in the crontab of a user, below a comment `# runsheet: NAME` that marks it, or with `file`
 * alone in a file of /etc/cron.d. The other entries of a crontab stay as they are.
 *
 * @example cron({ name: 'rotate the dumps', schedule: '15 2 * * *', command: '/usr/local/sbin/rotate-dumps', file: 'dumps', env: { MAILTO: 'dba' } })
 */
export interface Cron {
  /** One line that tells the entry from others of the user. */
  name: string
  /** Five fields, or `@reboot`, `@daily` and the like: crontab(5). */
  schedule: string
  /** One line for the user's shell. cron ends it at a `%` that has no backslash before it. */
  command: string
  /** By default root. */
  user?: string
  /** A name below /etc/cron.d: letters, digits, `_` and `-`, since cron(8) passes over others. */
  file?: string
  /** Variables for the command. With `file` alone: in a crontab they would count for every entry below. */
  env?: Readonly<Record<string, string>>
  /** There shall be no such entry, or no such file. */
  absent?: true
}

/** @see Cron */
export const cron = defineResource<Cron>({
  kind: 'cron',
  id: ({ name, user = 'root', file }) => (file === undefined ? `${user}: ${name}` : `${FOLDER}${file}`),
  problems: (want) => [...problemsOf(...checks(want)), ...scheduleProblems(want.schedule)],
  needs: ({ file }) => [file === undefined ? 'crontab' : 'stat'],
  probe: (want) =>
    want.file === undefined ? printEntry(userOf(want), marker(want)) : printFile(want, want.file),
  expect: (want) => {
    if (want.absent) return { entry: 'absent' }
    if (want.file === undefined) return { entry: entry(want) }
    return { ...accessState(ACCESS), entry: fileContent(want).slice(0, -1) }
  },
  apply: (want) =>
    want.file === undefined
      ? changeEntry(userOf(want), marker(want), want.absent ? '' : entry(want))
      : changeFile(want, want.file),
})

const FOLDER = '/etc/cron.d/'

/** cron passes over a file that belongs to another, or that others may write: cron(8). */
const ACCESS = { mode: '0644', owner: '0' }

function checks({ name, command, user = 'root', file, env = {} }: Cron) {
  const variables = Object.entries(env)
  return [
    [isLine(name), 'the name of an entry is one line'],
    [isLine(command) && !/^[ \t]/.test(command), 'a command is one line, and begins with no blank'],
    [isAccount(user), `no user can be called ${user}`],
    [file === undefined || /^[\w-]+$/.test(file), `cron passes over files with such a name: ${file}`],
    [file !== undefined || variables.length === 0, 'an entry with variables takes a file of its own'],
    ...variables.map(
      ([key, value]) =>
        [/^[A-Za-z_]\w*$/.test(key) && !/[\0\n"]/.test(value), `no variable for cron: ${key}`] as const,
    ),
  ] as const
}

function userOf({ user = 'root' }: Cron): string {
  return user
}

function marker({ name }: Cron): string {
  return `# runsheet: ${name}`
}

function entry({ schedule, command, user = 'root', file }: Cron): string {
  return file === undefined ? `${schedule} ${command}` : `${schedule} ${user} ${command}`
}

/** Quotes keep the blanks around a value: crontab(5). */
function fileContent(want: Cron): string {
  const env = Object.entries(want.env ?? {}).map(([key, value]) => `${key}="${value}"`)
  return `${[marker(want), ...env, entry(want)].join('\n')}\n`
}

function printFile(want: Cron, name: string): Shell {
  const path = FOLDER + name
  if (want.absent)
    return sh`if [ -e ${path} ] || [ -L ${path} ]; then echo entry present; else echo entry absent; fi`
  return sh`
    if [ -f ${path} ] && [ ! -L ${path} ]; then
      ${printAccess(path, ACCESS)}
      ${readSmall(path, 'table')}
      printf 'entry %s\\n' "\${table%?}"
    else
      echo entry absent
    fi
  `
}

function changeFile(want: Cron, name: string): Shell {
  const path = FOLDER + name
  if (want.absent) return sh`rm -f ${path}`
  return sh`
    ${refuseUnlessPlain(path)}
    ${replaceFile(path, writeText(toText(fileContent(want)), '"$tmp"'), ACCESS)}
  `
}
