import type { Secret } from '../secret.ts'
import { quote } from '../shell/quote.ts'

/**
 * Sets the variable of a secret without showing it; one that the environment holds already is kept. What makes it of another
 * one needs the functions of `secretsFunction`.
 */
export function promptFor(secret: Secret): string {
  const { variable, name, recipe } = secret
  if (recipe)
    return `[ -n "\${${variable}:-}" ] || ${variable}=$(emit "$${recipe.from.variable}" | {\n${recipe.shell}\n})`
  const end = secret.reveal().includes('\n') ? ' (several lines; end with Enter and Ctrl-D)' : ''
  const read = end === '' ? `IFS= read -r ${variable}` : `${variable}=$(cat)`
  const ask = `stty -echo; printf %s ${quote(`${name}${end}: `)}; ${read}; stty echo; echo`
  return `[ -n "\${${variable}:-}" ] || { ${ask}; [ -n "$${variable}" ]; }`
}

/**
 * The functions by which a step gets the secrets that it names: on its standard input and on no other way. A here-document
 * is a file to bash before 5.1 and to mksh, so `emit` is what the shell has built in.
 */
export function secretsFunction(secrets: readonly Secret[]): string {
  if (secrets.length === 0) return 'secrets() { :; }'
  const cases = secrets.map(
    ({ variable }) => `\
  case $step in *${variable}*)
    [ -n "\${${variable}:-}" ] || { echo 'set ${variable} first: see Secrets' >&2; return 1; }
    emit "${variable}=$(quoted "$${variable}")"
  esac`,
  )
  return `\
case \${KSH_VERSION:-} in
'') emit() { printf '%s\\n' "$1"; } ;;
*) emit() { print -r -- "$1"; } ;;
esac
quoted() { emit "$1" | sed "s/'/'\\\\\\\\''/g; 1s/^/'/; \\$s/\\$/'/"; }
secrets() {
${cases.join('\n')}
}`
}
