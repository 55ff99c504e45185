import type { Fencing } from '../audit/evidence.ts'
import { forbidden, forbiddenLines } from '../audit/judge.ts'
import type { Ground } from './ground.ts'

/** Seconds on the clock of each node when a drill began. */
export type Clocks = Readonly<Record<string, number | undefined>>

/**
 * The time on each node, in seconds: one that was frozen is behind ever after, and its journal is read by its own clock.
 * Undefined where it cannot be read.
 */
export const clocksOf = async (ground: Ground, nodes: readonly string[]): Promise<Clocks> => {
  const told = nodes.map(async (node): Promise<[string, number | undefined]> => {
    const { code, stdout } = await ground.run(node, 'date +%s')
    return [node, code === 0 && /^\d+\n$/.test(stdout) ? Number(stdout) : undefined]
  })
  return Object.fromEntries(await Promise.all(told))
}

/**
 * What a journal says since then, by the clock of its node; undefined where it cannot be read. grep's 1 means that no line fits.
 * What is looked for comes by stdin: sudo writes the words of a command into the journal, and they would be found there.
 */
export const forbiddenOn = async (
  ground: Ground,
  node: string,
  since: number | undefined,
  allows: readonly RegExp[],
) => {
  if (since === undefined) return undefined
  const journal = `journalctl --quiet --no-pager -o short-iso --since=@${since}`
  const script = `patterns=$(cat); lines=$(${journal}) || exit 3; printf '%s\\n' "$lines" | grep -E -e "$patterns"`
  const patterns = forbidden.map(({ source }) => source).join('\n')
  const { code, stdout } = await ground.run(node, script, patterns)
  if (code > 1) return undefined
  return forbiddenLines(stdout.split('\n').filter(Boolean), allows).map((line) => `${node}: ${line}`)
}

const confirmed = /^(\S+) \S+: (?:reset|off) (\S+): ok$/gm

/** What the log of the lab's power switch has confirmed. Pure. */
export const fencingsIn = (log: string): Fencing[] =>
  [...log.matchAll(confirmed)].map(([, time = '', node = '']) => ({ node, at: Date.parse(time) }))

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
