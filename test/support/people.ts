import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

/** Words in front of a command that only root may run. */
export const AS_ROOT: readonly string[] = process.getuid?.() === 0 ? [] : ['sudo', '-n']

/** A user of this machine that a test has made, with a password of its own. */
export interface Person {
  name: string
  password: string
  /** Replaces what sudo lets the user do. `settings` are lines of sudoers(5) for this user alone. */
  sudo: (rule: string, settings?: string[]) => void
  remove: () => void
}

/** @throws where neither root nor `sudo -n` is at hand */
export function makePerson(): Person {
  const name = `runsheet-${randomBytes(3).toString('hex')}`
  const password = `pa"ss 'w\\ord$ ${randomBytes(4).toString('hex')}`
  const file = `/etc/sudoers.d/${name}`
  asRoot(['useradd', '-m', '-s', '/bin/sh', name])
  asRoot(['chpasswd'], `${name}:${password}\n`)
  const sudo = (rule: string, settings: string[] = []) => {
    const lines = [
      ...settings.map((setting) => `Defaults:${name} ${setting}`),
      `${name} ALL=(ALL) ${rule}`,
      '',
    ]
    asRoot(['tee', file], lines.join('\n'))
    asRoot(['chmod', '0440', file])
  }
  const remove = () => {
    asRoot(['rm', '-f', file])
    // A session that has just ended may still be on its way out.
    asRoot(['userdel', '-r', '-f', name])
  }
  return { name, password, sudo, remove }
}

/** Runs a command as root. */
export function asRoot(words: string[], input = ''): void {
  const [program = '', ...args] = [...AS_ROOT, ...words]
  execFileSync(program, args, { input, stdio: ['pipe', 'ignore', 'pipe'] })
}
