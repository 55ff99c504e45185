import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, run } from '../host/run.ts'
import { asset } from '../project.ts'

/** What every guest has from the start. msmtp-mta: without a small mailer, apt takes exim, which is a daemon. */
export const basePackages: readonly string[] = [
  ...[
    'linux-image-cloud-amd64',
    'initramfs-tools',
    'lz4',
    'systemd-sysv',
    'udev',
    'kmod',
    'e2fsprogs',
    'procps',
  ],
  ...['openssh-server', 'sudo', 'netbase', 'iproute2', 'iputils-ping', 'iputils-arping', 'msmtp-mta'],
]

/** Package name to the version that would be installed. */
export type Versions = Readonly<Record<string, string>>

/** Reads what `apt-cache policy` prints. A package without a version is left out. Pure. */
export const parsePolicy = (text: string): Versions =>
  Object.fromEntries(
    [...text.matchAll(/^(\S+):\n(?: {2}.*\n)*? {2}Candidate: (.+)$/gm)]
      .map(([, name = '', version = '']) => [name, version] as const)
      .filter(([, version]) => version !== '(none)'),
  )

/** One name for all that the image is made of: versions and files (path to content). Pure. */
export const imageKey = (versions: Versions, files: Readonly<Record<string, string>>): string => {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([sorted(versions), sorted(files)]))
    .digest('hex')
    .slice(0, 16)
}

const policy = async (packages: readonly string[]): Promise<Versions> =>
  parsePolicy(await run(['apt-cache', 'policy', ...packages]))

/** The versions that this machine's apt knows; its lists are read from the network if they lack one. */
export const candidates = async (packages: readonly string[]): Promise<Versions> => {
  const known = await policy(packages)
  if (packages.every((name) => name in known)) return known
  const update = ['apt-get', 'update']
  await attempt(process.getuid?.() === 0 ? update : ['sudo', '-n', ...update])
  return policy(packages)
}

const recipeFiles = (): Record<string, string> => {
  const folder = asset('image')
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  )
}

/** The key of the image that would be built now for these waiting packages. */
export const currentKey = async (waiting: readonly string[]): Promise<string> =>
  imageKey(await candidates([...basePackages, ...waiting]), { ...recipeFiles(), waiting: waiting.join(' ') })

/** This machine's own sources of Debian 12, each as a line for apt; none if it has no such source. */
export const debianSources = async (): Promise<string[]> => {
  const format = '$(ORIGIN) $(CODENAME) deb $(REPO_URI) $(RELEASE) $(COMPONENT)'
  const { stdout } = await attempt(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const found = stdout.split('\n').map((line) => /^Debian bookworm\S* (deb .*)$/.exec(line)?.[1])
  return [...new Set(found.filter((line) => line !== undefined))]
}
