import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { demand } from './shells.ts'

const NOBODY = 65534

/** A MariaDB server of this machine's own packages, reached by its socket alone. Its root needs no password. */
export interface MariaDb {
  socket: string
  /** Rows as the client prints them, without names. */
  query: (sql: string, user?: string, password?: string) => string
  stop: () => Promise<void>
}

/** Starts one with a data directory of its own, never as root. */
export async function startMariaDb(): Promise<MariaDb> {
  const root = mkdtempSync(join(tmpdir(), 'runsheet-mariadb-'))
  const [datadir, socket] = [join(root, 'data'), join(root, 'socket')]
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(root, NOBODY, NOBODY)
  const drop = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []
  const [program = '', ...args] = [...drop, demand('mariadb-install-db', 'mariadb-server-core')]
  const install = [
    '--no-defaults',
    `--datadir=${datadir}`,
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
  ]
  execFileSync(program, [...args, ...install], { stdio: 'ignore' })
  const [starter = '', ...words] = [...drop, demand('mariadbd', 'mariadb-server-core')]
  const options = ['--no-defaults', `--datadir=${datadir}`, `--socket=${socket}`, '--skip-networking']
  const server = spawn(starter, [...words, ...options], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error(`mariadbd has ended with ${server.exitCode}`)
    await sleep(50)
  }
  return {
    socket,
    query: (sql, user = 'root', password) =>
      execFileSync(
        'mariadb',
        ['--no-defaults', `--socket=${socket}`, `--user=${user}`, '-N', '-B', '--binary-mode'],
        {
          input: sql,
          encoding: 'utf8',
          env: { ...process.env, ...(password === undefined ? {} : { MYSQL_PWD: password }) },
          stdio: ['pipe', 'pipe', 'pipe'],
        },
      ).trimEnd(),
    stop: async () => {
      server.kill('SIGTERM')
      await ended
      rmSync(root, { recursive: true, force: true })
    },
  }
}
