import { type Holder, holdTarget } from './hold.ts'
import { type Interrupts, interruptSession } from './interrupt.ts'
import { limitSession } from './limits.ts'
import type { Connect } from './run.ts'

/** What makes the sessions of a run hold their targets, end what hangs, and stop when they are told to. */
export interface Durability {
  check: boolean
  /** Without it, as in a test of one shell, nothing is locked. */
  holder?: Holder
  interrupts?: Interrupts
}

export function durably(connect: Connect, { check, holder, interrupts }: Durability): Connect {
  return async (name) => {
    const limited = limitSession(await connect(name), name)
    const session = interrupts ? interruptSession(limited, name, interrupts) : limited
    return check || !holder ? session : holdTarget(session, name, holder)
  }
}
