import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { demand } from './shells.ts'

const NOBODY = 65534

/** A MariaDB server of this machine's own packages, reached by its socket. Its root needs no password. */
export interface MariaDb {
  socket: string
  /** By which it is started. */
  command: readonly string[]
  /** Rows as the client prints them, without names. */
  query: (sql: string, user?: string, password?: string) => string
  /** As a power cut ends it. */
  kill: () => Promise<void>
  /** Starts it again, on the same data. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** System tables that each server gets a copy of: to make them takes longer than all the rest. */
let installed: string | undefined

function install(): string {
  const datadir = join(ownFolder('system-tables'), 'data')
  const [program = '', ...args] = [...dropped(), demand('mariadb-install-db', 'mariadb-server-core')]
  const options = ['--skip-test-db', '--auth-root-authentication-method=normal']
  execFileSync(program, [...args, '--no-defaults', `--datadir=${datadir}`, ...options], { stdio: 'ignore' })
  return datadir
}

/** A folder of the user that the server runs as. */
function ownFolder(what: string): string {
  const folder = mkdtempSync(join(tmpdir(), `runsheet-${what}-`))
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY)
  return folder
}

function dropped(): string[] {
  return process.getuid?.() === 0
    ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
    : []
}

/**
 * Starts one with a data directory of its own, never as root.
 *
 * @param options of mariadbd, the first of which may name an option file; by default it listens on its socket alone
 */
export async function startMariaDb(options: readonly string[] = ['--skip-networking']): Promise<MariaDb> {
  const root = ownFolder('mariadb')
  const [datadir, socket] = [join(root, 'data'), join(root, 'socket')]
  installed ??= install()
  execFileSync('cp', ['-a', installed, datadir])
  const [starter = '', ...words] = [...dropped(), demand('mariadbd', 'mariadb-server-core')]
  const first = options[0]?.startsWith('--defaults-file=') ? [] : ['--no-defaults']
  const all = [...words, ...first, ...options, `--datadir=${datadir}`, `--socket=${socket}`]
  let server: ChildProcess
  let ended: Promise<unknown>
  const start = async () => {
    rmSync(socket, { force: true })
    server = spawn(starter, all, { stdio: 'ignore' })
    ended = once(server, 'exit')
    while (!existsSync(socket)) {
      if (server.exitCode !== null) throw new Error(`mariadbd has ended with ${server.exitCode}`)
      await sleep(50)
    }
    // One that has not quite started would miss a signal.
    while (
      spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '-e', 'DO 1']).status !== 0
    )
      await sleep(50)
  }
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal)
    await ended
  }
  await start()
  return {
    socket,
    command: [starter, ...all],
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
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      // A test may have started another one on the same data.
      spawnSync('mariadb-admin', ['--no-defaults', `--socket=${socket}`, '--user=root', 'shutdown'])
      await end('SIGTERM')
      rmSync(root, { recursive: true, force: true })
    },
  }
}
