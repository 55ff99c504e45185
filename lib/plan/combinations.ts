import type { Task } from '../resource/contract.ts'

/** Options of a task that make no sense, alone or together, one sentence each. */
export function combinationProblems({
  guard,
  retry,
  delegateTo,
  within,
  notify,
  timeout,
  detached,
  errand,
}: Task): string[] {
  const found: string[] = []
  if (guard && within.length > 0)
    found.push('a guarded task cannot stand in a block: what a guard refuses must not be rescued')
  if (guard && retry) found.push('a guarded task cannot be tried again: its evidence would be old by then')
  if (guard && detached)
    found.push('a guarded task cannot be detached: nobody judges again what an earlier session has begun')
  if (timeout !== undefined && !(Number.isInteger(timeout) && timeout > 0))
    found.push(`timeout is ${timeout}; it must be a whole number of seconds from 1 on`)
  if (guard && delegateTo !== undefined)
    found.push('a guarded task cannot be delegated: name its host in the play')
  if (guard && errand?.kind === 'upload')
    found.push('a guarded task cannot send a file: its evidence would be old when the file has arrived')
  if (guard?.hosts.length === 0) found.push('its guard asks no host, and so has no evidence of anything')
  if (notify.length > 0 && delegateTo !== undefined)
    found.push(`a delegated task cannot notify: its handler would be owed on ${delegateTo}`)
  if (errand?.kind === 'download' && (guard || retry || detached || notify.length > 0))
    found.push('it changes nothing on the host: there is nothing to guard, to try again or to notify of')
  if (errand?.kind === 'restart' && (retry || detached))
    found.push('a host is restarted once, and waited for: it is neither tried again nor detached')
  if (retry && !(Number.isInteger(retry.retries) && retry.retries > 0))
    found.push(`retries is ${retry.retries}; it must be a whole number from 1 on`)
  if (retry && !(Number.isInteger(retry.delay) && retry.delay >= 0))
    found.push(`delay is ${retry.delay}; it must be a whole number of seconds, as sleep(1) of POSIX takes it`)
  return found
}
