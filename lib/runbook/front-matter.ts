import type { Secret } from '../secret.ts'
import type { Connection } from '../transport/index.ts'
import { DRIVER } from './driver.ts'
import { code, fenced, list, prose, table } from './markdown.ts'
import { RUN } from './paste.ts'
import { loginCommand, reachCommand, SHARED } from './reach.ts'
import { promptFor, secretsFunction } from './secrets.ts'

/** A host that some block names, and the way to it. */
export interface Target {
  name: string
  connection: Connection
}

export function needs(targets: readonly Target[], secrets: readonly Secret[]): string {
  const closed = targets.filter(({ connection }) => reachCommand(connection) === undefined)
  const sudo = targets.filter((target) => target.connection.become && !closed.includes(target))
  const names = (some: readonly Target[]) => list(some.map(({ name }) => `**${prose(name)}**`))
  return [
    `- A terminal with \`sh\` and \`ssh\` from which ${names(targets)} can be reached.`,
    ...(sudo.length > 0 ? [`- \`sudo\` that asks for no password on ${names(sudo)}.`] : []),
    ...(closed.length > 0 ? [`- A password on ${names(closed)}: there, work in a root shell.`] : []),
    ...secrets
      .filter(({ recipe }) => !recipe)
      .map(({ name }) => `- The secret ${code(name)}. Its value is not in this document.`),
  ].join('\n')
}

export function rootShells(targets: readonly Target[]): string {
  const rows = targets.map(({ name, connection }) => [
    `**${prose(name)}**`,
    code(loginCommand(connection)).replaceAll('|', '\\|'),
  ])
  return table(['host', 'a root shell there'], rows)
}

/** The way to each host and `on`, which every step uses. */
export function preparation(targets: readonly Target[], secrets: readonly Secret[]): string {
  const cases = targets.flatMap(({ name, connection }) => {
    const command = reachCommand(connection)
    return command === undefined ? [] : [`    ${name}) ${command} ;;`]
  })
  const overSsh = targets.some(({ connection }) => connection.kind.startsWith('ssh'))
  const reach = [
    ...(overSsh ? [SHARED] : []),
    'reach() {   # the way to each host: a shell that reads its standard input',
    '  case $1 in',
    ...cases,
    '    *) echo "there is no way to $1 from here: work in a root shell there" >&2; return 1 ;;',
    '  esac',
    '}',
  ]
  return fenced(RUN, [...reach, secretsFunction(secrets), DRIVER].join('\n'))
}

/**
 * One block a secret: what is pasted behind a line that reads would be taken for the value. What can be made from another
 * one comes after it.
 */
export function prompts(secrets: readonly Secret[]): string {
  return secrets.map((secret) => fenced(RUN, promptFor(secret))).join('\n\n')
}

/** The same steps, where the terminal is a root shell of one host and the others are out of its reach. */
export function onTheHost(targets: readonly Target[]): string {
  return fenced(
    'sh',
    `\
here=${targets[0]?.name ?? ''}   # the host that you are on
reach() {
  [ "$1" != "$here" ] || { sh; return; }
  cat >/dev/null
  echo "$1: not from here; paste this block there, too"
  [ "$2" != agree ]
}`,
  ).replace('```sh\n', '```sh instead\n')
}
