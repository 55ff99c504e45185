import { type SpawnOptions, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { LabError } from '../errors.ts'

/** What a finished process left. `code` is 255 if a signal ended it. */
export type Result = { readonly code: number; readonly stdout: string; readonly stderr: string }

export type RunOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Milliseconds after which the process is killed; without it, no limit. */
  readonly timeout?: number
  /** Called with each line of both outputs as it comes. */
  readonly onLine?: (line: string) => void
}

const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** The command as a person can paste it into a shell. */
export const commandLine = (argv: readonly string[]): string => argv.map(word).join(' ')

// An ordinary user's PATH lacks the folders where Debian puts mke2fs.
export const searchPath = (): string => `${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`

const spawnOptions = (options: RunOptions): SpawnOptions => ({
  env: { ...process.env, PATH: searchPath(), LC_ALL: 'C.UTF-8', ...options.env },
  ...(options.cwd ? { cwd: options.cwd } : {}),
  ...(options.timeout ? { timeout: options.timeout, killSignal: 'SIGKILL' } : {}),
  stdio: ['pipe', 'pipe', 'pipe'],
})

const lines = (listener: (line: string) => void) => {
  let rest = ''
  return (chunk: Buffer) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    parts.forEach(listener)
  }
}

/** Runs a program to its end, whatever its exit code. Throws LabError if it cannot be started. */
export const attempt = async (argv: readonly string[], options: RunOptions = {}): Promise<Result> => {
  const [program = '', ...args] = argv
  const child = spawn(program, args, spawnOptions(options))
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(new LabError(`cannot run ${commandLine(argv)}: ${cause.message}`)))
    child.once('close', (code) => resolve(code ?? 255))
  })
  if (options.onLine)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', lines(options.onLine))
  child.stdin?.on('error', () => {}) // a program may end without reading its input
  child.stdin?.end(options.input ?? '')
  const [code, stdout, stderr] = await Promise.all([ended, collect(child.stdout), collect(child.stderr)])
  return { code, stdout, stderr }
}

const collect = (stream: NodeJS.ReadableStream | null): Promise<string> | string =>
  stream ? text(stream) : ''

const tail = (output: string): string => output.trimEnd().split('\n').slice(-20).join('\n')

/** Runs a program that must succeed. Throws LabError with the exact command and the end of what it said. */
export const run = async (argv: readonly string[], options: RunOptions = {}): Promise<string> => {
  const result = await attempt(argv, options)
  if (result.code === 0) return result.stdout
  const said = tail(`${result.stdout}\n${result.stderr}`).trim()
  throw new LabError(`this command ended with ${result.code}:\n  ${commandLine(argv)}\n${said}`)
}
