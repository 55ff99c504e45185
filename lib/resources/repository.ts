import { lines, type Shell, sh } from '../shell/sh.ts'
import { type Text, toText, writeText } from '../shell/text.ts'
import { problemsOf } from './checks.ts'
import { readSmall, refuseUnlessPlain, replaceFile } from './snippets.ts'

/** What a repository of packages consists of: two small files of its own. */
export interface RepositoryFile {
  /** The field that tells of it. */
  field: 'source' | 'key'
  path: string
  /** Without it there shall be no such file. */
  content: string | undefined
}

/** What is wrong with the parts that every repository has. */
export function repositoryProblems(
  { name, key: armored, trusted }: { name: string; key?: string; trusted?: true },
  addresses: readonly string[],
): string[] {
  const key = keyText(armored)
  return problemsOf(
    [/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name), `no repository can be called ${name}`],
    ...addresses.map(
      (one) => [/^[a-z+]+:[^\s[\]]+$/.test(one), `no address of a repository: ${one}`] as const,
    ),
    [key === undefined || isArmored(key), `the key of ${name} is not an armored public key`],
    [key === undefined || !trusted, `the repository ${name} has a key or is trusted without one`],
  )
}

function isArmored(key: string): boolean {
  return /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[^\0]*-----END PGP PUBLIC KEY BLOCK-----\n?$/.test(key)
}

/** Prints of each file whether it is as wanted, without a fork. */
export function printFiles(files: readonly RepositoryFile[]): Shell {
  return lines(
    files.map(
      ({ field, path, content }) => sh`
        ${readSmall(path, 'text')}
        if [ ! -e ${path} ]; then echo ${field} absent
        elif [ "$text" = ${content ?? ''} ]; then echo ${field} present
        else echo ${field} differs
        fi
      `,
    ),
  )
}

/** The text of that state. */
export function stateOf(files: readonly RepositoryFile[]): Record<string, string> {
  return Object.fromEntries(
    files.map(({ field, content }) => [field, content === undefined ? 'absent' : 'present']),
  )
}

/** A key is there before the source that names it; the other way round when both go. */
export function writeFiles(files: readonly RepositoryFile[]): Shell {
  const parts = files.map(({ path, content }) =>
    content === undefined
      ? sh`rm -f ${path}`
      : sh`
        ${refuseUnlessPlain(path)}
        ${replaceFile(path, writeText(toText(content), '"$tmp"'), { mode: '0644' })}
      `,
  )
  return lines(files.some(({ content }) => content !== undefined) ? parts.reverse() : parts)
}

/** The source, for people. */
export function sourceText([source]: readonly RepositoryFile[]):
  | { current: Shell; desired: Text }
  | undefined {
  if (source === undefined) return undefined
  const { path, content = '' } = source
  return { current: sh`[ ! -f ${path} ] || cat ${path}`, desired: toText(content) }
}

/** One newline at the end, whatever the key came with. */
export function keyText(key: string | undefined): string | undefined {
  return key === undefined ? undefined : `${key.trim()}\n`
}
