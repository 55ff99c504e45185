import { readdirSync } from 'node:fs'
import type { Cases } from '../case.ts'

const FOLDER = new URL('.', import.meta.url)

/** Every case by the kind of its resource: one file a kind, named as it. */
export async function allCases(): Promise<ReadonlyMap<string, Cases>> {
  const files = readdirSync(FOLDER).filter((name) => name !== 'index.ts')
  const entries = files.map(async (name) => {
    const module: Cases = await import(new URL(name, FOLDER).href)
    return [name.replace(/\.ts$/, ''), module] as const
  })
  return new Map(await Promise.all(entries))
}
