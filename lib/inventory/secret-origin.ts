import { isAbsolute } from 'node:path'

/** Where secrets come from, and what each origin is given as. */
const KINDS = {
  env: 'NAME',
  file: 'PATH',
  prompt: 'QUESTION',
  command: 'SHELL TEXT',
  age: 'PATH',
} as const

export type OriginKind = keyof typeof KINDS | 'armor'

/** A value of the inventory that says where a secret is to be fetched. */
export class SecretOrigin {
  readonly kind: OriginKind
  readonly argument: string
  /** What relative paths start from, and where a command runs: the folder of the file that says it. */
  readonly folder: string

  constructor(kind: OriginKind, argument: string, folder: string) {
    this.kind = kind
    this.argument = argument
    this.folder = folder
  }

  /** The same for two origins that give the same value. */
  get key(): string {
    const isShared = this.kind === 'env' || this.kind === 'prompt' || isAbsolute(this.argument)
    return [this.kind, this.argument, isShared ? '' : this.folder].join('\0')
  }
}

const FORMS = Object.entries(KINDS)
  .map(([kind, argument]) => `{ ${kind}: ${argument} }`)
  .join(', ')

/** @returns the origin, or what is wrong with it */
export function readOrigin(said: Record<string, unknown>, folder: string): SecretOrigin | string {
  const [[kind = '', argument] = [], ...others] = Object.entries(said)
  if (!Object.hasOwn(KINDS, kind)) return `a secret has no origin '${kind}'; it is one of ${FORMS}`
  if (others.length > 0 || typeof argument !== 'string') return `a secret is one of ${FORMS}`
  return new SecretOrigin(kind as OriginKind, argument, folder)
}
