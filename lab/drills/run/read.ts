import { forbidden, forbiddenLines } from '../audit/judge.ts'
import type { Ground } from './ground.ts'

/**
 * What a journal says since then; undefined where it cannot be read. grep's 1 means that no line fits. What is looked for comes by
 * stdin: sudo writes the words of a command into the journal, and they would be found there.
 */
export const forbiddenOn = async (ground: Ground, node: string, since: number, allows: readonly RegExp[]) => {
  const journal = `journalctl --quiet --no-pager -o short-iso --since=@${Math.floor(since / 1000)}`
  const script = `patterns=$(cat); lines=$(${journal}) || exit 3; printf '%s\\n' "$lines" | grep -E -e "$patterns"`
  const patterns = forbidden.map(({ source }) => source).join('\n')
  const { code, stdout } = await ground.run(node, script, patterns)
  if (code > 1) return undefined
  return forbiddenLines(stdout.split('\n').filter(Boolean), allows).map((line) => `${node}: ${line}`)
}

const numbers = (text: string): number[] =>
  text
    .split('\n')
    .filter((line) => /^\d+$/.test(line))
    .map(Number)

/** The ids that are there from the first one on; undefined where nobody serves or it cannot be read. */
export const readIds = async (ground: Ground, node: string | undefined, script: string, first: number) => {
  if (!node) return undefined
  const { code, stdout } = await ground.run(node, script)
  return code === 0 ? numbers(stdout).filter((id) => id >= first) : undefined
}
