/** Milliseconds in which the same keystroke may come again: from the terminal, and by npx. */
const echo = 2000

/** Mends before somebody's signal ends the program; a later one ends it at once. Gives what forgets that. */
export const onSignal = (mend: () => Promise<void>, tell: (line: string) => void): (() => void) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let handled = false
  const forget = () => signals.forEach((signal) => void process.off(signal, handle))
  const handle = async (signal: NodeJS.Signals): Promise<void> => {
    if (handled) return
    handled = true
    // A terminal that is gone cannot be told anything, which must not keep the faults.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
    setTimeout(forget, echo).unref()
    tell(`${signal}: ending the faults of the drill`)
    await mend().catch((error: Error) => tell(`a fault may stay: ${error.message}`))
    process.exit(1)
  }
  for (const signal of signals) process.on(signal, handle)
  return () => handled || forget()
}
