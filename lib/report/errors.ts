import { chalk } from 'zx'
import { describePlace, InvalidInput, type RemoteEvidence, type RunsheetError } from '../errors.ts'

/** What went wrong, where, what ran there with both its streams, and what to do next. */
export function describeError(error: RunsheetError): string {
  const { place, remote, hint } = error.details
  if (error instanceof InvalidInput) return `${chalk.red('invalid input')}\n${error.message}`
  const parts = [`${chalk.red(error.code)} ${error.message}`]
  if (place) parts.push(`  declared at ${describePlace(place)}`)
  if (remote) parts.push(describeRemote(remote))
  if (hint !== undefined) parts.push(`  next: ${hint}`)
  return parts.join('\n')
}

function describeRemote({ host, command, exitCode, stdout, stderr }: RemoteEvidence): string {
  const ended = exitCode === undefined ? 'how it ended is unknown' : `exit code ${exitCode}`
  const sections = [
    [`ran on ${host}, ${ended}:`, command],
    ['stdout:', stdout],
    ['stderr:', stderr],
  ]
  return sections
    .filter(([, body]) => body?.trim())
    .map(([title, body]) => `  ${title}\n${indent(body ?? '')}`)
    .join('\n')
}

function indent(body: string): string {
  return body.trimEnd().replaceAll(/^/gm, '    ')
}
