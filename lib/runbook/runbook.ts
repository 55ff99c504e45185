import { InvalidInput, type Problem } from '../errors.ts'
import type { Inventory } from '../inventory/index.ts'
import type { Plan } from '../plan/index.ts'
import { redact, type Secret } from '../secret.ts'
import { closing } from './closing.ts'
import { needs, onTheHost, preparation, prompts, rootShells, type Target } from './front-matter.ts'
import { anchors, fenced, list, prose } from './markdown.ts'
import { HOW_TO_READ, ON_THE_HOST, PASTE_FIRST, UNATTENDED, WHAT_IT_SAYS } from './phrases.ts'
import { partOf } from './step-section.ts'
import { ZX } from './zx.ts'

interface Chapter {
  heading: string
  body: string
}

/**
 * A plan as Markdown that a person can follow, and that `npx zx FILE.md` runs. The same plan gives the same text;
 * no host is contacted, and no secret's value stands in it.
 *
 * @throws InvalidInput where a host's name cannot stand in a command, or a secret's value would be shown
 */
export function renderRunbook(plan: Plan, inventory: Inventory): string {
  const parts = plan.plays.map((play) => ({ name: play.name, sections: partOf(play) }))
  const targets = targetsOf(plan, inventory)
  const named = unique(parts.flatMap(({ sections }) => sections.flatMap((one) => one.secrets)))
  const secrets = unique(named.flatMap((one) => (one.recipe ? [one.recipe.from, one] : [one])))
  const chapters: Chapter[] = [
    { heading: 'What you need', body: needs(targets, secrets) },
    { heading: 'How to read it', body: `${HOW_TO_READ}\n\n${WHAT_IT_SAYS}` },
    { heading: 'The way to the hosts', body: wayTo(targets, named) },
    ...(secrets.length > 0 ? [{ heading: 'Secrets', body: prompts(secrets) }] : []),
    ...(plan.playbook.foreword ? closing(plan).map((body) => ({ heading: 'Before you begin', body })) : []),
    ...parts.map(({ name, sections }, index) => ({
      heading: `Part ${index + 1}: ${prose(name)}`,
      body: sections.map(({ heading, body }) => `### ${heading}\n\n${body}`).join('\n\n'),
    })),
    ...closing(plan).map((body) => ({ heading: 'At the end', body })),
    { heading: 'Without a person', body: `${UNATTENDED}\n\n${fenced('js', ZX)}` },
  ]
  return withoutSecrets(`${titlePage(plan, chapters)}\n\n${chapters.map(toMarkdown).join('\n\n')}\n`)
}

function titlePage({ playbook, hosts }: Plan, chapters: readonly Chapter[]): string {
  const anchor = anchors()
  anchor(playbook.name)
  const contents = chapters.map(({ heading }) => `- [${heading}](#${anchor(heading)})`)
  const names = list(hosts.map(({ name }) => `**${prose(name)}**`))
  return [
    `# ${prose(playbook.name)}`,
    prose(playbook.description),
    `For ${names}.`,
    contents.join('\n'),
  ].join('\n\n')
}

function toMarkdown({ heading, body }: Chapter): string {
  return `## ${heading}\n\n${body}`
}

function wayTo(targets: readonly Target[], secrets: readonly Secret[]): string {
  return [
    rootShells(targets),
    PASTE_FIRST,
    preparation(targets, secrets),
    ON_THE_HOST,
    onTheHost(targets),
  ].join('\n\n')
}

/** The hosts of the plan, and those that its guards ask. */
function targetsOf(plan: Plan, inventory: Inventory): Target[] {
  const asked = plan.plays.flatMap(({ segments }) =>
    segments.flatMap(({ tasks }) => tasks.flatMap(({ guard }) => guard?.hosts ?? [])),
  )
  const names = [...new Set([...plan.hosts.map(({ name }) => name), ...asked])]
  const problems = names.flatMap((name) => nameProblems(name, inventory))
  if (problems.length > 0) throw new InvalidInput(problems)
  return inventory.hosts.filter(({ name }) => names.includes(name))
}

function nameProblems(name: string, inventory: Inventory): Problem[] {
  const host = inventory.hosts.find((one) => one.name === name)
  if (!host) return [{ message: `a guard asks '${name}', which the inventory does not name` }]
  if (/^[\w.:@%+-]+$/.test(name) && name !== 'asking') return []
  return [
    {
      message: `a runbook cannot name the host '${name}': give it a name of letters, digits and - . _`,
      place: host.place,
    },
  ]
}

/** One variable holds one secret, as in a batch of the engine. */
function unique(secrets: readonly Secret[]): Secret[] {
  const byVariable = new Map<string, Secret>()
  for (const secret of secrets) {
    const same = byVariable.get(secret.variable) ?? secret
    if (same.reveal() !== secret.reveal())
      throw new InvalidInput([
        { message: `the secrets '${same.name}' and '${secret.name}' differ, but share ${secret.variable}` },
      ])
    byVariable.set(secret.variable, same)
  }
  return [...byVariable.values()]
}

/** A value that the playbook wrote into a text as if it were no secret would end on paper: better no runbook. */
function withoutSecrets(text: string): string {
  const clean = redact(text)
  if (clean === text) return text
  const line = clean.split('\n').find((one, index) => one !== text.split('\n')[index]) ?? ''
  throw new InvalidInput([
    {
      message: `the value of a secret would stand in the runbook, in the line: ${line.trim()}`,
      hint: 'hand it to the task as the Secret that it is, and not as a part of another text',
    },
  ])
}
