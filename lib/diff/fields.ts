import { parseState, type State } from '../resource/state.ts'

/** One field that is not as wanted. */
export interface FieldChange {
  field: string
  /** Undefined: the probe did not name the field, such as for a thing that is not there. */
  from: string | undefined
  to: string
}

/** What people read of a difference; the decision itself compares the texts. */
export function fieldChanges(expected: State, found: string): FieldChange[] {
  const state = parseState(found, Object.keys(expected))
  return Object.entries(expected)
    .map(([field, value]) => ({ field, from: state.get(field), to: asProbed(value) }))
    .filter(({ from, to }) => from !== to)
}

/** `mode: 0600 → 0644`, with a hash cut to what a person compares. */
export function describeChange({ field, from, to }: FieldChange): string {
  return from === undefined ? `${field}: ${short(to)}` : `${field}: ${short(from)} → ${short(to)}`
}

function asProbed(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}

function short(value: string): string {
  return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value
}
