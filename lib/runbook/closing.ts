import type { Plan } from '../plan/index.ts'
import { lines, raw, type Shell, sh } from '../shell/sh.ts'
import { unusedDelimiter } from '../shell/text.ts'
import { fenced } from './markdown.ts'
import { RUN } from './paste.ts'
import { groupBy } from './steps.ts'

/**
 * The playbook's own questions to each host, as a block that prints the answers: how a person sees whether all is
 * well. What the playbook concludes from them stands in its code alone. Empty where it asks nothing.
 */
export function closing({ playbook, hosts }: Plan): string[] {
  const asked = hosts.map((host) => ({
    host: host.name,
    question: questionsOf(playbook.facts?.(host) ?? {}),
  }))
  const groups = groupBy(
    asked.filter(({ question }) => question.text !== ''),
    ({ question }) => question.text,
  )
  if (groups.length === 0) return []
  const blocks = groups.map((members) => {
    const text = members[0]?.question.text ?? ''
    const word = unusedDelimiter(text, 'LOOK')
    const names = members.map(({ host }) => host).join(' ')
    return fenced(
      RUN,
      `for host in ${names}; do echo "$host:"; reach "$host" look <<'${word}'\n{\n${text}\n} </dev/null\n${word}\ndone`,
    )
  })
  return [['This changes nothing and shows what the playbook asks of the hosts.', ...blocks].join('\n\n')]
}

function questionsOf(facts: Readonly<Record<string, Shell>>): Shell {
  return lines(
    Object.entries(facts).flatMap(([name, question]) => [
      sh`echo ${`- ${name}:`}`,
      raw('('),
      question,
      raw(')'),
    ]),
  )
}
