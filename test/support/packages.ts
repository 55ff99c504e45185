import { spawnSync } from 'node:child_process'

/** Debian's packages that the tests of shells and sshd need, by a command that each brings. */
const PACKAGES: Record<string, string> = {
  bash: 'bash',
  busybox: 'busybox',
  dash: 'dash',
  mksh: 'mksh',
  sshd: 'openssh-server',
}

/** Installs what is missing where that is allowed; elsewhere it says the command and stops: nothing is skipped. */
export default function setup(): void {
  const missing = Object.entries(PACKAGES).filter(([command]) => !has(command))
  if (missing.length === 0) return
  const install = `apt-get install -y --no-install-recommends ${missing.map(([, name]) => name).join(' ')}`
  const asRoot = process.getuid?.() === 0 ? ['sh', '-c'] : ['sudo', '-n', 'sh', '-c']
  const script = `apt-get update -q && DEBIAN_FRONTEND=noninteractive ${install}`
  const [program = 'sh', ...args] = [...asRoot, script]
  const { status, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the tests need more packages; as root: ${install}\n${stderr}`)
}

function has(command: string): boolean {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`
  return (
    spawnSync('sh', ['-c', `command -v ${command}`], { env: { PATH: path }, stdio: 'ignore' }).status === 0
  )
}
