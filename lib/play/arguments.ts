import { basename } from 'node:path'

/**
 * The user's own arguments, whether the playbook was started as `zx playbook.mjs …` (zx leaves the path of
 * the script in process.argv) or as `node playbook.mjs …`.
 */
export function ownArguments(argv: readonly string[]): string[] {
  const [, program = '', ...rest] = argv
  const startedByZx = /^(zx|cli\.js)$/.test(basename(program))
  return startedByZx ? rest.slice(rest.findIndex((word) => word.endsWith('.mjs')) + 1) : rest
}
