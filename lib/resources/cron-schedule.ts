/** The lowest and the highest number of each field of crontab(5); 0 and 7 both are Sunday. */
const FIELDS = [
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day of the month', low: 1, high: 31 },
  {
    name: 'month',
    low: 1,
    high: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', low: 0, high: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const

const NICKNAME = /^@(reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)$/

/**
 * What is wrong with the time of an entry, as crontab(5) has it. cron leaves out a whole file of /etc/cron.d for
 * one mistake, and says so in its log alone.
 */
export function scheduleProblems(schedule: string): string[] {
  if (NICKNAME.test(schedule)) return []
  const fields = schedule.split(/[ \t]+/)
  if (fields.length !== FIELDS.length)
    return [`a schedule has five fields, or is @reboot, @daily and the like: ${schedule}`]
  return FIELDS.flatMap((field, index) => {
    const text = fields[index] ?? ''
    return text.split(',').every((part) => isPart(part, field)) ? [] : [`no ${field.name}: ${text}`]
  })
}

/** A star, a number, a name or a range, with a step or without. */
function isPart(part: string, { low, high, ...field }: (typeof FIELDS)[number]): boolean {
  const [range = '', step, ...more] = part.split('/')
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false
  if (range === '*') return true
  const words: readonly string[] = 'words' in field ? field.words : []
  const [from = Number.NaN, to = from, ...rest] = range.split('-').map((end) => {
    const word = words.indexOf(end.toLowerCase())
    return word >= 0 ? word + low : /^\d+$/.test(end) ? Number(end) : Number.NaN
  })
  return rest.length === 0 && from >= low && to <= high && from <= to
}
