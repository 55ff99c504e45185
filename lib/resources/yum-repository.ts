import { defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { isLine, problemsOf } from './checks.ts'
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
 * A repository of packages for dnf or yum: yum.conf(5), "[repository] options". They fetch what is new when they are
 * next asked for a package.
 *
 * @example yumRepository({ name: 'ha', baseurls: ['https://mirror.example.org/rocky/9/HighAvailability/x86_64/os/'] })
 */
export interface YumRepository {
  /** Its id, and that of /etc/yum.repos.d/NAME.repo. */
  name: string
  /** What people read; by default the name. */
  description?: string
  /** `http:`, `https:`, `file:`; `$releasever` and `$basearch` may stand in them. */
  baseurls?: readonly string[]
  /**
   * The armored public key of who signs its packages, kept in /etc/pki/rpm-gpg/RPM-GPG-KEY-NAME. dnf and yum give it
   * to rpm when they first need it. Without it the keys count that rpm has.
   */
  key?: string
  /** Nobody signs its packages, and they are trusted nevertheless. */
  trusted?: true
  /** There shall be no such repository; a key that rpm was given stays with it. */
  absent?: true
}

/** @see YumRepository */
export const yumRepository = defineResource<YumRepository>({
  kind: 'yum-repository',
  id: ({ name }) => name,
  problems: ({ description = 'x', baseurls = [], absent, ...want }) => [
    ...repositoryProblems(want, baseurls),
    ...problemsOf(
      [absent || baseurls.length > 0, `the repository ${want.name} has no baseurls`],
      [isLine(description), `the description of ${want.name} is one line`],
    ),
  ],
  needs: () => ['rpm'],
  probe: (want) => printFiles(filesOf(want)),
  expect: (want) => stateOf(filesOf(want)),
  apply: (want) => sh`
    mkdir -p /etc/yum.repos.d /etc/pki/rpm-gpg
    ${writeFiles(filesOf(want))}
    if command -v dnf > /dev/null; then dnf -q clean expire-cache > /dev/null; else yum -q clean expire-cache; fi
  `,
  text: (want) => sourceText(filesOf(want)),
})

function filesOf(want: YumRepository): RepositoryFile[] {
  const path = `/etc/pki/rpm-gpg/RPM-GPG-KEY-${want.name}`
  const source = { field: 'source', path: `/etc/yum.repos.d/${want.name}.repo` } as const
  return [
    { ...source, content: want.absent ? undefined : sourceOf(want, path) },
    { field: 'key', path, content: want.absent ? undefined : keyText(want.key) },
  ]
}

function sourceOf(
  { name, description, baseurls = [], key, trusted }: YumRepository,
  keyFile: string,
): string {
  const entries = [
    `name=${description ?? name}`,
    `baseurl=${baseurls.join(' ')}`,
    'enabled=1',
    `gpgcheck=${trusted ? 0 : 1}`,
    ...(key === undefined ? [] : [`gpgkey=file://${keyFile}`]),
  ]
  return `[${name}]\n${entries.join('\n')}\n`
}
