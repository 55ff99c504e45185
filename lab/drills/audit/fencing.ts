import type { Drill } from '../drill.ts'
import { type Evidence, fail, pass, unknown, type Verdict } from './evidence.ts'

// Alone in the dark: with its power cut, frozen, or without any link.
const silences = ({ faults: [blow, ...more] }: Drill): boolean =>
  blow?.on === 'active' &&
  more.length === 0 &&
  (blow.fault === 'power-cut' || blow.fault === 'freeze' || (blow.fault === 'cable' && !blow.network))

/** With fencing nobody takes anything over from a silent node before a power switch has confirmed that it is off. Pure. */
export const judgeFencing = ({ row, samples, fencings, active, standby, injected }: Evidence): Verdict => {
  if (!row.cluster.traits.includes('fenced') || !silences(row.drill)) return pass('')
  if (!fencings) return unknown('nobody knows what the power switch has confirmed')
  const taken = samples.find(
    ({ node, sent, vip, mounted, role, units }) =>
      node === standby && sent > injected && (vip || mounted || role === 'Primary' || units.length > 0),
  )
  if (!taken) return pass('')
  const off = fencings.find(({ node, at }) => node === active && at > injected)
  return off && off.at <= taken.received
    ? pass(`${active} was off before ${standby} took over`)
    : fail(`${standby} took over before the power switch had confirmed that ${active} is off`)
}
