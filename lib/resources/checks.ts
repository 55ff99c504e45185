import type { Access } from './snippets.ts'

/** What is wrong with a wish, one sentence for each that fails. */
export function problemsOf(...checks: readonly (readonly [fine: boolean, problem: string])[]): string[] {
  return checks.filter(([fine]) => !fine).map(([, problem]) => problem)
}

/** An absolute path needs no `--` before it, and has a directory that the controller can name. */
export function isPath(path: string): boolean {
  return /^\/./.test(path) && !path.endsWith('/') && !path.includes('\0')
}

/** One line that a shell word, a line of a file and `grep -e` can carry. */
export function isLine(line: string): boolean {
  return line !== '' && !/[\0\n]/.test(line)
}

/** The portable names of accounts: useradd(8), "Usernames must start with…". */
export function isAccount(name: string): boolean {
  return /^[a-z_][a-z0-9_-]{0,31}$/i.test(name)
}

/** An account by its name or its number, as chown(1) takes both. */
export function isOwner(owner: string): boolean {
  return isAccount(owner) || /^\d+$/.test(owner)
}

/** What is wrong with permissions and owners. */
export function accessProblems({ mode, owner, group }: Access): string[] {
  return problemsOf(
    [mode === undefined || /^[0-7]{3,4}$/.test(mode), `a mode is three or four octal digits: ${mode}`],
    [isOwner(owner ?? '0'), `no owner can be called ${owner}`],
    [isOwner(group ?? '0'), `no group can be called ${group}`],
  )
}
