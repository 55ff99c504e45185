import type { Secret } from '../secret.ts'
import { quote } from '../shell/quote.ts'

/** Sets the variable of a secret without showing it; one that the environment holds already is kept. */
export function promptFor(secret: Secret): string {
  const { variable, name, recipe } = secret
  if (recipe)
    return `[ -n "\${${variable}:-}" ] || ${variable}=$({\n${recipe.shell}\n} <<SECRET\n$${recipe.from.variable}\nSECRET\n)`
  const end = secret.reveal().includes('\n') ? ' (several lines; end with Enter and Ctrl-D)' : ''
  const read = end === '' ? `IFS= read -r ${variable}` : `${variable}=$(cat)`
  const ask = `stty -echo; printf %s ${quote(`${name}${end}: `)}; ${read}; stty echo; echo`
  return `[ -n "\${${variable}:-}" ] || { ${ask}; [ -n "$${variable}" ]; }`
}

/** The functions by which a step gets the secrets that it names: on its standard input and on no other way. */
export function secretsFunction(secrets: readonly Secret[]): string {
  if (secrets.length === 0) return 'secrets() { :; }'
  const cases = secrets.map(
    ({ variable }) => `\
  case $step in *${variable}*)
    [ -n "\${${variable}:-}" ] || { echo 'set ${variable} first: see Secrets' >&2; return 1; }
    cat <<SECRET
${variable}=$(quoted "$${variable}")
SECRET
  esac`,
  )
  return `\
quoted() { sed "s/'/'\\\\\\\\''/g; 1s/^/'/; \\$s/\\$/'/" <<SECRET
$1
SECRET
}
secrets() {
${cases.join('\n')}
}`
}
