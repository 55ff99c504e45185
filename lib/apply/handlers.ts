import type { Handler } from '../resource/contract.ts'
import { stateName } from '../shell/state-name.ts'

/** The name under which a target remembers that a handler is owed. */
export function handlerId({ name }: Handler): string {
  return stateName(name)
}
