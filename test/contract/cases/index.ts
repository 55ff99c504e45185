import { readdirSync } from 'node:fs'
import type { ContractCase } from '../case.ts'

const FOLDER = new URL('.', import.meta.url)

/** Every case by the kind of its resource: one file a kind, named as it. */
export async function allCases(): Promise<ReadonlyMap<string, readonly ContractCase[]>> {
  const files = readdirSync(FOLDER).filter((name) => name !== 'index.ts')
  const entries = files.map(async (name) => {
    const module: { cases: readonly ContractCase[] } = await import(new URL(name, FOLDER).href)
    return [name.replace(/\.ts$/, ''), module.cases] as const
  })
  return new Map(await Promise.all(entries))
}
