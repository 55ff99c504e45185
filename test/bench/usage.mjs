// Loaded before the playbook: says at the end how much memory, in KiB, and processor time, in microseconds, it took.
import { writeSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeSync(2, `used ${maxRSS} ${userCPUTime + systemCPUTime}\n`)
})
