import { closeSync, openSync, readFileSync } from 'node:fs'
import { LabError } from '../errors.ts'

/** How QEMU runs the guest's instructions: on the processor itself, or by translating them (forks take several times as long). */
export type Accel = 'kvm' | 'tcg'

/** What the choice depends on. `forced` is LAB_ACCEL. */
export type Machine = {
  readonly forced: string | undefined
  readonly cpuinfo: string
  readonly kvmOpens: boolean
}

/**
 * Chooses how to run the guests. A /dev/kvm that opens is no proof: on a processor without vmx and svm the
 * kernel of the guest never came up. Throws LabError if LAB_ACCEL is neither kvm nor tcg. Pure.
 */
export const chooseAccel = ({ forced, cpuinfo, kvmOpens }: Machine): Accel => {
  if (forced === 'kvm' || forced === 'tcg') return forced
  if (forced) throw new LabError(`LAB_ACCEL is ${forced}`, 'set it to kvm or tcg, or leave it out')
  return kvmOpens && /^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo) ? 'kvm' : 'tcg'
}

const opens = (file: string): boolean => {
  try {
    closeSync(openSync(file, 'r+'))
    return true
  } catch {
    return false
  }
}

/** The choice for this machine. Throws as chooseAccel does. */
export const detectAccel = (): Accel =>
  chooseAccel({
    forced: process.env.LAB_ACCEL,
    cpuinfo: readFileSync('/proc/cpuinfo', 'utf8'),
    kvmOpens: opens('/dev/kvm'),
  })
