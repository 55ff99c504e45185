import { isMap } from 'yaml'
import type { Problem } from '../errors.ts'
import { collect, wrong } from './problems.ts'
import { parseSource, readSource, type Source } from './source.ts'
import { type Variable, type Variables, variableAt } from './variables.ts'
import { readVariables } from './yaml-variables.ts'

/**
 * Reads what `-e` says, once or several times: `NAME=VALUE …` (texts, quoted where they hold blanks), YAML or JSON
 * that begins with `{`, or `@FILE`. What is said later wins.
 */
export function readExtraVars(options: readonly string[], problems: Problem[]): Variables {
  return new Map(options.flatMap((option) => [...(collect(problems, () => readOne(option)) ?? [])]))
}

function readOne(option: string): Variables {
  if (option.startsWith('@')) return mapping(readSource(option.slice(1)))
  if (/^\s*[[{]/.test(option)) return mapping(parseSource(option, '-e', process.cwd()))
  return readPairs(option)
}

function mapping(source: Source): Variables {
  const top = source.root.contents
  if (isMap(top)) return readVariables(source, top)
  throw wrong('extra variables are a mapping', source.placeOf(top))
}

function readPairs(option: string): Map<string, Variable> {
  const pair = /\s*(?:([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s'"]\S*|)(?=\s|$))?\s*/y
  const found = new Map<string, Variable>()
  while (pair.lastIndex < option.length) {
    const at = pair.lastIndex
    const [all = '', name, value = ''] = pair.exec(option) ?? []
    const column = at + 1 + (all.length - all.trimStart().length)
    const place = { file: '-e', line: 1, column }
    if (name === undefined) {
      const hint = "-e NAME=VALUE, -e '{ NAME: VALUE }' or -e @FILE"
      throw wrong(`cannot read '${option.slice(column - 1)}'`, place, hint)
    }
    const text = value.replace(/^(["'])(.*)\1$/s, '$2')
    found.set(name, variableAt(text, { ...place, column: column + name.length + 1 }, place))
  }
  return found
}
