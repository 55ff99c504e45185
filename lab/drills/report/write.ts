import { writeFileSync } from 'node:fs'
import { type Heading, toHtml } from './html.ts'
import { toJson } from './json.ts'
import type { Result } from './result.ts'

/** Writes the page, and the same for programs beside it; nothing where no file is wanted. */
export const writeReport = (file: string | undefined, heading: Heading, results: readonly Result[]): void => {
  if (file === undefined) return
  writeFileSync(file, toHtml(heading, results))
  writeFileSync(file.replace(/(\.html)?$/, '.json'), toJson(heading, results))
}
