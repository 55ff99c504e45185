import { type Beside, type Evidence, fail, pass, unknown, type Verdict } from './evidence.ts'
import { atOnce, darkness } from './spans.ts'

/** Another cluster goes on where it is: its own heartbeat has heard nothing of the fault. Pure. */
export const judgeBeside = (
  { cluster: { name, nodes }, samples }: Beside,
  { injected, ended }: Pick<Evidence, 'injected' | 'ended'>,
): Verdict => {
  const twice = (what: string, holds: (sample: (typeof samples)[number]) => boolean) =>
    atOnce(samples, nodes, holds).length > 0 ? [`${name} had two ${what}`] : []
  const wrong = [
    ...twice('holders of its address', ({ vip }) => vip),
    ...twice('Primaries', ({ role }) => role === 'Primary'),
    ...twice('mounts of one file system', ({ mounted }) => mounted),
  ]
  const holders = nodes.filter((node) => samples.some((sample) => sample.node === node && sample.vip))
  if (wrong.length > 0) return fail(wrong.join('; '))
  if (holders.length > 1) return fail(`${name} moved, though nothing befell it`)
  if (holders.length === 0) return unknown(`nobody knows who served ${name}`)
  // A node that starts anew explains no silence here: nothing befell it.
  const dark = nodes.filter((node) => darkness(samples, node, [], { from: injected, to: ended }).length > 0)
  return dark.length > 0 ? unknown(`nobody knows what ${dark.join(' and ')} of ${name} did`) : pass('')
}
