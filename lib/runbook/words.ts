import type { PlannedTask } from '../plan/index.ts'
import type { Guard } from '../resource/contract.ts'
import { list, prose } from './markdown.ts'
import type { Assignment } from './steps.ts'
import { groupBy } from './steps.ts'

/** The numbers of `--list-tasks`: one where all hosts count alike. */
export function headingOf(tasks: readonly Assignment[]): string {
  const byNumber = groupBy(tasks, ({ task }) => String(task.number))
  const numbers = byNumber.map((members) => {
    const { number } = members[0].task
    return byNumber.length === 1 ? `${number}` : `${number} on ${list(namesOf(members).map(prose))}`
  })
  return `${numbers.join(', ')}. ${prose(tasks[0]?.task.name ?? '')}`
}

/** Where a step is done, when it is not, and what it brings with it. */
export function describe(members: readonly [Assignment, ...Assignment[]]): string {
  const { task } = members[0]
  const where = task.delegateTo === undefined ? '' : `, for ${hostList(members.map(({ host }) => host))}`
  const sentences = [
    `On ${hostList(namesOf(members))}${where}.`,
    ...(task.when ? [`It is skipped where ${prose(task.when.otherwise)}: \`when\` finds out.`] : []),
    ...task.notify.map(({ name }) => `A change makes the handler “${prose(name)}” due.`),
    ...(task.retry ? [`It is tried up to ${task.retry.retries + 1} times.`] : []),
    ...describeBlocks(task),
  ].join(' ')
  return task.guard ? `${sentences}\n\n${describeGuard(task.guard)}` : sentences
}

/** The hosts that carry a step out, each once. */
export function namesOf(members: readonly Assignment[]): string[] {
  return [...new Set(members.map(({ on }) => on))]
}

export function hostList(hosts: readonly string[]): string {
  return list(hosts.map((host) => `**${prose(host)}**`))
}

export function isRescue({ within }: PlannedTask): boolean {
  return within.some(({ section }) => section === 'rescue')
}

function describeBlocks({ within }: PlannedTask): string[] {
  return within.map(({ block, section }) => {
    const name = `“${prose(block.name)}”`
    if (section === 'rescue') return `**Only after a step of ${name} has failed:** this is its rescue.`
    if (section === 'always') return `It ends ${name}: paste it also after a step of that has failed.`
    return `It belongs to ${name}: if it fails, go on with what is said below of that.`
  })
}

const WHO = { target: 'the host that is about to change', peers: 'the other hosts', all: 'each of them' }

function describeGuard({ protects, hosts, demands }: Guard): string {
  const opening = `**Careful: this endangers ${prose(protects)}.** It changes nothing unless, seconds before,`
  if (!demands)
    return `${opening} a person has judged the answers of ${hostList(hosts)}; the block shows them, and refuses.`
  const claims = demands.map(({ that, of }) => `- ${WHO[of]}: ${that}`)
  return [
    `${opening} ${hostList(hosts)} have answered (\`agree\` asks them) and shown that all of this holds:`,
    claims.join('\n'),
    'A host that cannot be asked is a refusal. Right before the change the host tests once more (`safe`).',
  ].join('\n\n')
}
