import type { PlannedPlay } from '../plan/index.ts'
import type { Handler } from '../resource/contract.ts'
import type { Secret } from '../secret.ts'
import { errandText } from './errand-text.ts'
import { prose } from './markdown.ts'
import { pasteable, RESCUE, RUN } from './paste.ts'
import { handlerText, stepText } from './step-text.ts'
import { type Batch, groupBy, type Step, toBatches } from './steps.ts'
import { describe, headingOf, hostList, isRescue, namesOf } from './words.ts'

/** A part of the runbook, and the secrets that its blocks name. */
export interface Section {
  heading: string
  body: string
  secrets: readonly Secret[]
}

const UNKNOWN_YET: Section = {
  heading: 'Not in this runbook',
  body: 'What is done here is made from what the hosts answer when its turn has come. **Run the playbook for this part.**',
  secrets: [],
}

/** A play: its steps and then its handlers, and where it takes few hosts at once, all of that for each few. */
export function partOf(play: PlannedPlay): Section[] {
  if (play.late) return [UNKNOWN_YET]
  const batches = toBatches(play)
  return batches.flatMap(({ segments, steps }: Batch) => {
    const owners = segments.flatMap(({ host, handlers }) => handlers.map((handler) => ({ host, handler })))
    const sections = [
      ...steps.map(stepSection),
      ...groupBy(owners, ({ handler }) => handler.name).map(handlerSection),
    ]
    if (batches.length === 1) return sections
    const hosts = segments.map(({ host }) => host)
    return sections.map(({ heading, ...rest }) => ({
      heading: `${heading} (${hosts.map(prose).join(', ')})`,
      ...rest,
    }))
  })
}

/** One step: what it is, where and when, what must be proven before, and a block for each group of equal hosts. */
function stepSection({ tasks }: Step): Section {
  const groups = groupBy(tasks, ({ task }) => `${stepText(task).text}\0${task.guard?.hosts.join('\0')}`)
  const blocks = groups.map((members) => {
    const { task } = members[0]
    const { text, secrets } = stepText(task)
    const info = isRescue(task) ? RESCUE : RUN
    const parts = [describe(members)]
    if (task.errand) parts.push(errandText(task.errand, namesOf(members)))
    // What is brought here changes nothing there.
    if (task.errand?.kind !== 'download')
      parts.push(pasteable(namesOf(members), task.guard?.hosts ?? [], text, info))
    return { secrets, text: parts.join('\n\n') }
  })
  const apart = 'The block differs from host to host: paste each of them.'
  return {
    heading: headingOf(tasks),
    body: [...(blocks.length > 1 ? [apart] : []), ...blocks.map(({ text }) => text)].join('\n\n'),
    secrets: blocks.flatMap(({ secrets }) => secrets),
  }
}

interface Owner {
  host: string
  handler: Handler
}

/** Handlers stand at the end of their play, as the engine runs them. */
function handlerSection(owners: readonly [Owner, ...Owner[]]): Section {
  const blocks = groupBy(owners, ({ handler }) => handler.run.text).map((members) => {
    const hosts = members.map(({ host }) => host)
    const { text, secrets } = handlerText(members[0].handler)
    return { secrets, text: `On ${hostList(hosts)}.\n\n${pasteable(hosts, [], text)}` }
  })
  const why = 'It does something only where a step above has changed something that makes it due.'
  return {
    heading: `Handler: ${prose(owners[0].handler.name)}`,
    body: [why, ...blocks.map(({ text }) => text)].join('\n\n'),
    secrets: blocks.flatMap(({ secrets }) => secrets),
  }
}
