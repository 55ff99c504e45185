/** Takes one line that says what begins now. */
export type Log = (line: string) => void

export type Progress = { readonly log: Log; readonly stop: () => void }

const seconds = (since: number): string => `${Math.round((Date.now() - since) / 1000)} s`

const plain = (stream: NodeJS.WriteStream, start: number): Progress => ({
  log: (line) => stream.write(`[${seconds(start).padStart(6)}] ${line}\n`),
  stop: () => {},
})

const live = (stream: NodeJS.WriteStream, start: number): Progress => {
  let current = ''
  let since = Date.now()
  const draw = () => stream.write(`\r\x1b[K[${seconds(start).padStart(6)}] ${current} … ${seconds(since)}`)
  const settle = () =>
    current && stream.write(`\r\x1b[K[${seconds(start).padStart(6)}] ${current} (${seconds(since)})\n`)
  const timer = setInterval(() => current && draw(), 1000)
  return {
    log: (line) => {
      settle()
      current = line
      since = Date.now()
      draw()
    },
    stop: () => {
      clearInterval(timer)
      settle()
    },
  }
}

/** Shows stages on a stream, with a running clock on a terminal and as plain lines elsewhere. */
export const showProgress = (stream: NodeJS.WriteStream): Progress =>
  stream.isTTY && !process.env.CI ? live(stream, Date.now()) : plain(stream, Date.now())
