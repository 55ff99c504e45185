/** What a node said of itself at one moment between `sent` and `received`, milliseconds of the controller's clock. */
export type Sample = {
  readonly node: string
  readonly sent: number
  readonly received: number
  /** Of this boot: another one means that the node started anew. */
  readonly boot: string
  /** Seconds since that boot. */
  readonly up: number
  readonly vip: boolean
  readonly mounted: boolean
  /** Of DRBD, as /proc/drbd has it; empty where there is none. */
  readonly role: string
  readonly disk: string
  readonly connection: string
  /** The clustered units that run. */
  readonly units: readonly string[]
}

/** What a replicating database says of itself; it costs forks, so it is asked more rarely. */
export type DatabaseSample = {
  readonly node: string
  readonly sent: number
  readonly received: number
  /** Whether the server answers. */
  readonly answers: boolean
  /** Undefined: not known, since a server that is there does not answer. */
  readonly writable: boolean | undefined
  /** `Slave_IO_Running` and `Slave_SQL_Running`; empty where the node follows nobody. */
  readonly io: string
  readonly sql: string
}

type Line = Omit<Sample, 'node' | 'sent' | 'received'>

/** Reads the line that a guest's loop answers to a tick; nothing if it is not one. Pure. */
export const parseSample = (line: string): Line | undefined => {
  const match = /^vip=([01]) mount=([01]) cs=(\S*) ro=(\S*) ds=(\S*) units=(\S*) boot=(\S+) up=(\d+)$/.exec(
    line,
  )
  if (!match) return undefined
  const [, vip, mount, connection = '', role = '', disk = '', units = '', boot = '', up] = match
  return {
    vip: vip === '1',
    mounted: mount === '1',
    connection,
    role: role.split('/')[0] ?? '',
    disk: disk.split('/')[0] ?? '',
    units: units.split(',').filter(Boolean),
    boot,
    up: Number(up),
  }
}

/** Reads the line of a database; nothing if it is not one. Pure. */
export const parseDatabase = (
  line: string,
): Omit<DatabaseSample, 'node' | 'sent' | 'received'> | undefined => {
  if (line === 'gone' || line === 'silent')
    return { answers: false, writable: line === 'gone' ? false : undefined, io: '', sql: '' }
  const match = /^read_only=([01]) io=(\S*) sql=(\S*)$/.exec(line)
  if (!match) return undefined
  const [, readOnly, io = '', sql = ''] = match
  return { answers: true, writable: readOnly === '0', io, sql }
}
