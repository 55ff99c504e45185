import { closeSync, openSync, writeFileSync } from 'node:fs'
import { LabError } from '../../errors.ts'
import { type Heading, toHtml } from './html.ts'
import { toJson } from './json.ts'
import type { Result } from './result.ts'

const beside = (file: string): string => file.replace(/(\.html)?$/, '.json')

/** Throws LabError where the report could not be written: the drills before it take hours. */
export const mustBeWritable = (file: string | undefined): void => {
  if (file === undefined) return
  try {
    for (const one of [file, beside(file)]) closeSync(openSync(one, 'a'))
  } catch (error) {
    throw new LabError(
      `the report ${file} cannot be written: ${(error as Error).message}`,
      'name a file in a folder that exists',
    )
  }
}

/** Writes the page, and the same for programs beside it; nothing where no file is wanted. */
export const writeReport = (file: string | undefined, heading: Heading, results: readonly Result[]): void => {
  if (file === undefined) return
  writeFileSync(file, toHtml(heading, results))
  writeFileSync(beside(file), toJson(heading, results))
}
