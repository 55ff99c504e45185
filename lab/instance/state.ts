import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { LabError } from '../errors.ts'

const cuts = z.record(z.string(), z.array(z.string()))

const schema = z.strictObject({
  topology: z.string(),
  /** Key of the image that the system disks lie over: they are worthless over another. */
  image: z.string(),
  accel: z.enum(['kvm', 'tcg']),
  ports: z.record(z.string(), z.number()),
  /** The networks from which each node is cut. A pulled cable stays pulled while the machine is off. */
  cuts,
  /** The cuts at the time of each snapshot. */
  snapshots: z.record(z.string(), cuts),
})

/** What the lab remembers of itself between two commands. */
export type State = z.infer<typeof schema>

/** Reads the state, or nothing if the lab does not exist. Throws LabError if the file cannot be understood. */
export const readState = (file: string): State | undefined => {
  if (!existsSync(file)) return undefined
  const parsed = schema.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  throw new LabError(`${file} is not the state of a lab`, 'type: npm run lab -- destroy')
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Writes the state in one step: a reader never sees half of it, nor one writer the half of another. */
export const writeState = (file: string, state: State): void => {
  const written = `${file}.${process.pid}`
  writeFileSync(written, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(written, file)
}

/** Changes what is written now, not what a long command read when it began: another may have run since. */
export const changeState = (file: string, change: (state: State) => State): void => {
  const state = readState(file)
  if (state) writeState(file, change(state))
}
