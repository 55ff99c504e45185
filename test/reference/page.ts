import type { Task } from '../../lib/resource/contract.ts'
import type { Errand } from '../../lib/resource/errand.ts'
import type { Shell } from '../../lib/shell/sh.ts'
import type { Field, Resource } from './read-resources.ts'

/** The page of one resource: what it is, an example, its fields, and what runs on the target. */
export function page({ name, file, text, example, fields }: Resource, task: Task): string {
  return `${[
    `# ${name}`,
    text,
    `\`\`\`js\n${example}\n\`\`\``,
    '| field | | type | |\n|---|---|---|---|',
  ].join('\n\n')}\n${fields.map(row).join('\n')}\n\n${onTarget(task)}Source: [\`${file}\`](../../${file})\n`
}

/** The example's own shell text: nothing that happens on a host is hidden from a reader. */
function onTarget({ expect, needs, probe, apply, errand }: Task): string {
  const compared = Object.keys(expect)
    .map((field) => `\`${field}\``)
    .join(', ')
  return `## On the target

The probe of the example tells ${compared}${needs.length > 0 ? `; it needs ${needs.map((one) => `\`${one}\``).join(', ')}` : ''}.

${details('Probe', probe)}${errand ? details(...besideOf(errand)) : ''}${details('Apply', apply)}`
}

function details(summary: string, { text }: Shell): string {
  return `<details><summary>${summary}</summary>\n\n${fenced(text)}\n\n</details>\n\n`
}

/** What the controller has run beside the shell. */
function besideOf(errand: Errand): [summary: string, text: Shell] {
  if (errand.kind === 'upload') return ['Receive', errand.receive]
  if (errand.kind === 'download') return ['Send', errand.send]
  return ['Which boot it is', errand.boot]
}

/** A fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${text.trimEnd()}\n${fence}`
}

function row({ name, optional, type, text }: Field): string {
  return `| \`${name}\` | ${optional ? '' : 'required'} | ${code(type)} | ${cell(text)} |`
}

function code(type: string): string {
  return `\`${type.replaceAll('|', '\\|')}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

/** The list of all pages. */
export function index(resources: readonly Resource[]): string {
  const rows = resources.map(
    ({ name, text }) =>
      `| [${name}](${name}.md) | ${cell(/^[\s\S]*?(?=[.:](?:\s|$))/.exec(text)?.[0] ?? text)} |`,
  )
  return `# Resources\n\nMade from the sources by \`npm run reference\`.\n\n| resource | |\n|---|---|\n${rows.join('\n')}\n`
}
