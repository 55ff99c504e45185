import { posix } from 'node:path'
import type { State } from '../resource/state.ts'
import { type Shell, sh } from '../shell/sh.ts'

/** Who may do what with a file or a directory. What is not given stays as it is. */
export interface Access {
  /** Permissions in octal, three or four digits: `'0644'`, `'2750'`. */
  mode?: string
  /** A user name or number. */
  owner?: string
  /** A group name or number. */
  group?: string
}

/** The state with only the fields that were asked for. */
export function asked(fields: Record<string, string | number | boolean | undefined>): State {
  const entries = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}

/** Mode, owner and group as `printAccess` prints them. */
export function accessState({ mode, owner, group }: Access): State {
  return asked({ mode: mode?.padStart(4, '0'), owner, group })
}

/** Prints those of mode, owner and group that are asked for, in one fork. */
export function printAccess(path: string, { mode, owner, group }: Access): Shell {
  const format = [
    mode === undefined ? [] : 'mode %04a',
    owner === undefined ? [] : `owner ${/^\d+$/.test(owner) ? '%u' : '%U'}`,
    group === undefined ? [] : `group ${/^\d+$/.test(group) ? '%g' : '%G'}`,
  ].flat()
  return format.length === 0 ? sh`:` : sh`stat -L -c ${format.join('\n')} ${path}`
}

/** Sets mode, owner and group. The mode comes last, because chown clears setuid. */
export function setAccess(path: string, { mode, owner, group }: Access): Shell {
  const owners = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  return sh`
    ${owners === '' ? sh`:` : sh`chown ${owners} ${path}`}
    ${mode === undefined ? sh`:` : sh`chmod ${mode} ${path}`}
  `
}

/** Prints what stands at a path, without a fork. */
export function printKind(path: string): Shell {
  return sh`
    if [ -L ${path} ]; then echo kind symlink
    elif [ -d ${path} ]; then echo kind directory
    elif [ -f ${path} ]; then echo kind file
    elif [ -e ${path} ]; then echo kind special
    else echo kind absent
    fi
  `
}

/** Ends an apply with a message that is put together from words. */
export function fail(...words: readonly (string | Shell)[]): Shell {
  return sh`{ { printf %s ${words}; echo; } >&2; exit 1; }`
}

/** Refuses to write where a rename would hide or lose something that is no plain file. */
export function refuseUnlessPlain(path: string): Shell {
  return sh`
    if [ -L ${path} ]; then ${fail(path, ' is a symbolic link: name the file that it points to')}; fi
    if [ -e ${path} ] && [ ! -f ${path} ]; then ${fail(path, ' is there and is no file: move it away')}; fi
  `
}

/**
 * Cleans up however the subshell ends. A signal's trap does all by itself: after an `exit` in one, mksh 59
 * may leave the trap of EXIT out, and its exit code with it.
 */
export function atExit({ text }: Shell): Shell {
  return sh`
    trap ${text} EXIT
    trap ${`trap - EXIT; ${text}; exit 1`} HUP INT TERM
  `
}

/**
 * Replaces a file in one step: `fill` writes to "$tmp", in the same directory and readable by the owner
 * alone until it has its mode; then it takes the place of the old one, whose access it keeps where none is
 * asked. Runs in a subshell of its own, since it traps the exit; after the rename there is nothing to clean up,
 * and no fork is spent on it.
 */
export function replaceFile(path: string, fill: Shell, access: Access = {}, newMode = '0644'): Shell {
  const { mode = '', owner = '', group = '' } = access
  const folder = posix.dirname(path)
  return sh`
    (
    set -e
    [ -d ${folder} ] || ${fail('no directory ', folder)}
    tmp=$(mktemp ${posix.join(folder, '.runsheet.XXXXXX')})
    ${atExit(sh`rm -f "$tmp"`)}
    ${fill}
    mode=${mode} owner=${owner} group=${group}
    if [ -f ${path} ]; then
      was=$(stat -L -c '%a %u %g' ${path})
      owners=\${was#* }
      mode=\${mode:-\${was%% *}} owner=\${owner:-\${owners% *}} group=\${group:-\${owners#* }}
    fi
    [ -z "$owner$group" ] || chown "$owner\${group:+:$group}" "$tmp"
    chmod "\${mode:-${newMode}}" "$tmp"
    mv -f "$tmp" ${path}
    trap - EXIT
    )
  `
}

/** Reads a small file into a variable without a fork; its text ends in a newline, or is empty without file. */
export function readSmall(path: string, variable: string): Shell {
  const name = sh`${variable}`
  return sh`
    ${name}=
    [ ! -f ${path} ] || while IFS= read -r line || [ -n "$line" ]; do
      ${name}="$${name}$line
    "
    done < ${path}
  `
}

/**
 * Runs `body` for each line of a text: `$row` is the line, its words are the parameters. It forks nothing, and unlike a
 * here-document, which bash and mksh write to a file, it leaves nothing on the disk.
 *
 * @param text shell text that expands to the lines, such as `$found`
 */
export function eachLine(text: Shell, body: Shell): Shell {
  return sh`
    IFS='
    '
    set -f
    for row in ${text}; do
      IFS=${' \t'}
      set -- $row
      ${body}
    done
    set +f
    unset IFS
  `
}
