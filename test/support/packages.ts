import { spawnSync } from 'node:child_process'
import { pkg } from '../../lib/resources/index.ts'

/** The shells that have to understand what is sent to a host, by the command that each brings. */
export const SHELL_PACKAGES: Readonly<Record<string, string>> = {
  bash: 'bash',
  busybox: 'busybox',
  dash: 'dash',
  mksh: 'mksh',
}

/** Debian's packages that the tests of shells, sshd, inventories, secrets and reports need, by a command that each brings. */
const PACKAGES: Readonly<Record<string, string>> = {
  ...SHELL_PACKAGES,
  mariadb: 'mariadb-client-core',
  mariadbd: 'mariadb-server-core',
  'mariadb-backup': 'mariadb-backup',
  'mariadb-dump': 'mariadb-client',
  sshd: 'openssh-server',
  socat: 'socat',
  sudo: 'sudo',
  'ansible-inventory': 'ansible-core',
  age: 'age',
  chromium: 'chromium',
}

/** Installs what those tests need. */
export default function setup(): void {
  installPackages(PACKAGES)
}

/**
 * Installs what is missing where that is allowed, and starts none of it; elsewhere it says the command and stops:
 * nothing is skipped.
 *
 * @param packages Debian's packages by a command that each brings
 */
export function installPackages(packages: Readonly<Record<string, string>>): void {
  const missing = Object.entries(packages).filter(([command]) => !has(command))
  install(missing.map(([, name]) => name))
}

/** The same for packages that bring no command: dpkg tells whether they are there. */
export function installLibraries(names: readonly string[]): void {
  const isInstalled = (name: string) =>
    spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' }).stdout.includes(
      '\nStatus: install ok installed\n',
    )
  install(names.filter((name) => !isInstalled(name)))
}

function install(names: readonly string[]): void {
  if (names.length === 0) return
  const script = `set -e; apt-get update -q\n${pkg({ names, startServices: false }).apply.text}`
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const [program = 'sh', ...args] = [...asRoot, 'sh', '-c', script]
  const { status, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0)
    throw new Error(`the tests need more packages; as root: apt-get install ${names.join(' ')}\n${stderr}`)
}

function has(command: string): boolean {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`
  return (
    spawnSync('sh', ['-c', `command -v ${command}`], { env: { PATH: path }, stdio: 'ignore' }).status === 0
  )
}
