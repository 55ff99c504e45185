import { unusedDelimiter } from '../shell/text.ts'
import { code, fenced, list } from './markdown.ts'
import { spell } from './unseen.ts'

/** The info string of the blocks that are run; zx itself runs only those that say `sh` or `bash` and no more. */
export const RUN = 'sh run'

/** That of a block that only a person can decide to paste. */
export const RESCUE = 'sh rescue'

/** The block that takes a step to its hosts, after their peers have been asked where it says so. */
export function pasteable(
  hosts: readonly string[],
  asking: readonly string[],
  step: string,
  info: string = RUN,
): string {
  const { text, marks } = spell(step)
  const word = unusedDelimiter(text, 'STEP')
  const on = ['on', ...hosts, ...(asking.length > 0 ? ['asking', ...asking] : [])].join(' ')
  if (marks.size === 0) return fenced(info, `${on} <<'${word}'\n${text}\n${word}`)
  const back = [...marks].map(([mark, octal]) => `-e "s/${mark}/$(printf '${octal}')/g"`)
  const names = list([...marks.keys()].map(code))
  const hint = `${names} in the block stands for what cannot be seen or pasted; its first line puts it back.`
  return `${hint}\n\n${fenced(info, `sed ${back.join(' ')} <<'${word}' | ${on}\n${text}\n${word}`)}`
}
