import { type Shell, sh } from '../shell/sh.ts'

/** The identifiers of one copy's generations of data, as DRBD compares them: without the bit that marks a primary. */
interface Identifiers {
  current: string
  /** Since when the changes that the peer lacks are counted; undefined while there are none. */
  bitmap: string | undefined
  history: readonly string[]
}

/** How two copies descend from each other; `apart`: both have changes that the other lacks. */
export type Descent = 'same' | 'first is newer' | 'second is newer' | 'apart' | 'strangers'

/**
 * Compares two answers of `drbdadm get-gi`, as drbd_uuid_compare of DRBD 8.4 does.
 *
 * @returns undefined where one of them is not understood or belongs to metadata without data
 */
export function descentOf(first: string, second: string): Descent | undefined {
  const one = read(first)
  const other = read(second)
  if (!one || !other) return undefined
  if (one.current === other.current) return 'same'
  if (pastOf(one).includes(other.current)) return 'first is newer'
  if (pastOf(other).includes(one.current)) return 'second is newer'
  return pastOf(one).some((identifier) => pastOf(other).includes(identifier)) ? 'apart' : 'strangers'
}

function read(text: string): Identifiers | undefined {
  const [, current = '', bitmap = '', ...history] =
    /^([0-9A-F]{16}):([0-9A-F]{16}):([0-9A-F]{16}):([0-9A-F]{16}):/m.exec(text) ?? []
  if (!isGeneration(current)) return undefined
  return {
    current: unmarked(current),
    bitmap: isGeneration(bitmap) ? unmarked(bitmap) : undefined,
    history: history.filter(isGeneration).map(unmarked),
  }
}

function pastOf({ bitmap, history }: Identifiers): string[] {
  return [...(bitmap === undefined ? [] : [bitmap]), ...history]
}

/** Of metadata that never knew any data the current one is 4 (UUID_JUST_CREATED); 0 is none. */
function isGeneration(identifier: string): boolean {
  return /[1-9A-F]/.test(identifier.slice(0, -1)) || /[6-9A-F]$/.test(identifier)
}

/** The lowest bit says that the copy is in use as a primary. */
function unmarked(identifier: string): string {
  const last = Number.parseInt(identifier.slice(-1), 16)
  return identifier.slice(0, -1) + (last - (last % 2)).toString(16).toUpperCase()
}

/**
 * The generation from which this copy and its peer's went different ways, for a runbook: where two nodes that had the same
 * one then say the same now, both have changes of their own.
 */
export function parting(resource: string): Shell {
  return sh`
    drbdadm get-gi ${resource} | sed \\
      -e '/^[0-9A-F]\\{16\\}:/!d' -e 's/^[0-9A-F]*:\\([0-9A-F]\\{16\\}\\):.*/\\1/' -e 's/1$/0/; s/3$/2/; s/5$/4/; s/7$/6/; s/9$/8/' \\
      -e 's/B$/A/; s/D$/C/; s/F$/E/' -e '/^0*$/d'`
}
