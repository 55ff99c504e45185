import { defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { APT } from './apt.ts'
import { problemsOf } from './checks.ts'
import {
  keyText,
  printFiles,
  type RepositoryFile,
  repositoryProblems,
  sourceText,
  stateOf,
  writeFiles,
} from './repository.ts'

/**
 * A repository of packages for apt 1.4 (Debian 9) or later: sources.list(5) in the deb822 style. Its lists are fetched when it has
 * changed, and those of no other.
 *
 * @example aptRepository({ name: 'ours', uris: ['https://packages.example.org/debian'], suites: ['bookworm'], components: ['main'] })
 */
export interface AptRepository {
  /** Of /etc/apt/sources.list.d/NAME.sources. */
  name: string
  /** `http:`, `https:`, `file:`. */
  uris?: readonly string[]
  /** The distributions, such as `bookworm`; a path that ends in a slash has no components. */
  suites?: readonly string[]
  /** Such as `main`. */
  components?: readonly string[]
  /**
   * The armored public key of who signs it, kept in /etc/apt/keyrings/NAME.asc and trusted for this repository
   * alone. Without it the keys count that the system trusts.
   */
  key?: string
  /** Nobody signs it, and it is trusted nevertheless. */
  trusted?: true
  /** There shall be no such repository. */
  absent?: true
}

/** @see AptRepository */
export const aptRepository = defineResource<AptRepository>({
  kind: 'apt-repository',
  id: ({ name }) => name,
  problems: ({ uris = [], suites = [], components = [], absent, ...want }) => [
    ...repositoryProblems(want, uris),
    ...problemsOf(
      [
        absent || (uris.length > 0 && suites.length > 0),
        `the repository ${want.name} has no uris or no suites`,
      ],
      ...[...suites, ...components].map(
        (one) => [/^[\w./+~-]+$/.test(one), `no suite or component: ${one}`] as const,
      ),
      [
        absent || suites.every((one) => one.endsWith('/')) === (components.length === 0),
        `the repository ${want.name} has components unless its suites end in a slash`,
      ],
    ),
  ],
  needs: () => ['apt-get'],
  probe: (want) => printFiles(filesOf(want)),
  expect: (want) => stateOf(filesOf(want)),
  apply: (want) => sh`
    mkdir -p /etc/apt/keyrings
    ${writeFiles(filesOf(want))}
    ${want.absent ? sh`:` : sh`${APT} update -o Dir::Etc::sourcelist=${sourceOf(want)} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`}
  `,
  text: (want) => sourceText(filesOf(want)),
})

function sourceOf({ name }: AptRepository): string {
  return `/etc/apt/sources.list.d/${name}.sources`
}

function filesOf(want: AptRepository): RepositoryFile[] {
  const path = `/etc/apt/keyrings/${want.name}.asc`
  return [
    { field: 'source', path: sourceOf(want), content: want.absent ? undefined : source(want, path) },
    { field: 'key', path, content: want.absent ? undefined : keyText(want.key) },
  ]
}

function source(
  { uris = [], suites = [], components = [], key, trusted }: AptRepository,
  keyring: string,
): string {
  const fields = [
    'Types: deb',
    `URIs: ${uris.join(' ')}`,
    `Suites: ${suites.join(' ')}`,
    ...(components.length === 0 ? [] : [`Components: ${components.join(' ')}`]),
    ...(key === undefined ? [] : [`Signed-By: ${keyring}`]),
    ...(trusted ? ['Trusted: yes'] : []),
  ]
  return `${fields.join('\n')}\n`
}
