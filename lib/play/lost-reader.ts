/**
 * Whoever reads what is printed may leave before its end, as `head` does. That is no error, and no reason to leave hosts
 * half done: the run goes on, and says the rest to nobody. A file that takes no more is told, once.
 */
export function outliveReaders(): void {
  process.stderr.on('error', () => {})
  process.stdout.once('error', ({ code, message }: NodeJS.ErrnoException) => {
    process.stdout.on('error', () => {})
    if (code !== 'EPIPE') process.stderr.write(`what is printed gets lost: ${message}\n`)
  })
}

/** Aborts when nobody reads what is printed any more. */
export function readerLost(): AbortSignal {
  const lost = new AbortController()
  process.stdout.once('error', () => lost.abort())
  return lost.signal
}
