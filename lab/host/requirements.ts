import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../errors.ts'
import type { Log } from '../progress.ts'
import { attempt, commandLine, run, searchPath } from './run.ts'

/** The programs that the lab starts, a plugin of one of them, and the Debian package that each comes from. */
const programs: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  mmdebstrap: 'mmdebstrap',
  mke2fs: 'e2fsprogs',
  vde_switch: 'vde2',
  vde_plug: 'vdeplug',
  'libvdeplug_slirp.so': 'libvdeplug-slirp',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
}

/** Needed besides by who is not root: the image is then built in a user namespace. */
const rootlessPrograms: Readonly<Record<string, string>> = { newuidmap: 'uidmap' }

const onPath = (program: string): boolean =>
  searchPath()
    .split(':')
    .some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK)
        return true
      } catch {
        return false
      }
    })

// Debian has a folder of libraries for each architecture.
const isPlugin = (file: string): boolean =>
  readdirSync('/usr/lib').some((folder) => existsSync(join('/usr/lib', folder, 'vdeplug', file)))

const isThere = (name: string): boolean => (name.endsWith('.so') ? isPlugin(name) : onPath(name))

/** The packages to install, each once, for what `found` does not find. Pure. */
export const missingPackages = (root: boolean, found: (name: string) => boolean): string[] => {
  const needed = Object.entries({ ...programs, ...(root ? {} : rootlessPrograms) })
  return [...new Set(needed.filter(([name]) => !found(name)).map(([, source]) => source))]
}

const installCommand = (packages: readonly string[]): string[] => [
  'sh',
  '-c',
  `apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages.join(' ')}`,
]

/** Installs what is missing on this machine. Throws LabError with the command to type if that is not allowed. */
export const ensureRequirements = async (log: Log): Promise<void> => {
  const root = process.getuid?.() === 0
  const packages = missingPackages(root, isThere)
  if (packages.length === 0) return
  const command = installCommand(packages)
  if (
    !onPath('apt-get') ||
    !(root || (await attempt(['sudo', '-n', 'true']).catch(() => ({ code: 1 }))).code === 0)
  )
    throw new LabError(
      `this machine lacks the packages ${packages.join(', ')}, and I may not install them`,
      `type as root: ${command[2]}`,
    )
  log(`installing on this machine: ${packages.join(' ')}`)
  await run(root ? command : ['sudo', '-n', ...command]).catch((cause: Error) => {
    throw new LabError(cause.message, `repair it, then type as root: ${commandLine(command)}`)
  })
}
