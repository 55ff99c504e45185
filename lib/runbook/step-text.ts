import { handlerId } from '../apply/handlers.ts'
import { answerVariable } from '../resource/answer-variable.ts'
import type { Demand, Guard, Handler, Task } from '../resource/contract.ts'
import { canonical } from '../resource/state.ts'
import { quote } from '../shell/quote.ts'
import { lines, raw, type Shell, sh } from '../shell/sh.ts'
import { printText, sha256, type Text, toText } from '../shell/text.ts'

/**
 * The text of a step: a few variables and functions with the names that `shell.ts` explains to the reader and
 * puts to work. Nothing happens before all of it has arrived.
 */
export function stepText(task: Task): Shell {
  const { when, guard, notify, needs, retry } = task
  return lines([
    ...(needs.length > 0 ? [sh`needs=${needs.join(' ')}`] : []),
    ...(notify.length > 0 ? [sh`notify=${notify.map(handlerId).join(' ')}`] : []),
    ...(when ? [sh`skip=${when.otherwise}`, define('when', when.test)] : []),
    define('check', task.probe),
    wanted(task),
    ...(guard ? [define('agree', agreement(guard)), define('safe', guard.recheck)] : []),
    define('change', task.apply),
    ...(retry ? [sh`retries=${retry.retries} delay=${retry.delay}`] : []),
    ...(retry?.until ? [define('enough', retry.until)] : []),
  ])
}

/** A handler as a step that is as wanted where nothing is owed. It is owed until it has succeeded. */
export function handlerText(handler: Handler): Shell {
  const note = sh`"$owed/"${handlerId(handler)}`
  return lines([
    define('check', sh`if [ -e ${note} ]; then echo 'owed yes'; else echo 'owed no'; fi`),
    sh`wanted=${'owed no'}`,
    define('change', lines([raw('('), handler.run, raw(')'), sh`rm -f ${note}`])),
  ])
}

/** The body is not indented: it may hold here-documents. A function must not be empty. */
function define(name: string, body: Shell): Shell {
  return lines([raw(`${name}() {`), body.text.trim() === '' ? raw(':') : body, raw('}')])
}

/**
 * What the check has to print. A sum over a secret would let a reader try values at home, so it is made on the
 * host, from the value that the person gives.
 */
function wanted(task: Task): Shell {
  const state = canonical(task.expect)
  const texts: Text[] = [...(task.text ? [task.text.desired] : []), ...task.apply.secrets.map(toText)]
  const hidden = texts.find((text) => text.secrets.length > 0 && state.includes(sha256(text)))
  if (!hidden) return sh`wanted=${state}`
  const parts = state.split(sha256(hidden)).map((part) => (part === '' ? '' : quote(part)))
  return lines([
    define('wanted_text', printText(hidden)),
    raw('sum=$(wanted_text | sha256sum)'),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell expands it
    raw(`wanted=${parts.join('"${sum%% *}"')}`),
  ])
}

/** Every host of the guard runs this; what it prints on stdout must be the same on all. */
function agreement(guard: Guard): Shell {
  if (!guard.demands) return lines([...questions(guard, Object.keys(guard.ask)), ...unjudged(guard)])
  const parts = (['target', 'peers', 'all'] as const).flatMap((of) => {
    const demands = guard.demands?.filter((demand) => demand.of === of) ?? []
    if (demands.length === 0) return []
    const body = [
      ...questions(guard, [...new Set(demands.flatMap(({ asks }) => asks))]),
      ...demands.map(demanded),
    ]
    if (of === 'all') return body
    return [raw(`if [ "$me" ${of === 'target' ? '=' : '!='} "$target" ]; then`), ...body, raw('fi')]
  })
  return lines(parts)
}

function questions(guard: Guard, names: readonly string[]): Shell[] {
  return names.flatMap((name) => {
    const variable = answerVariable(name)
    const question = guard.ask[name]
    if (!question) throw new TypeError(`the guard has no question '${name}'`)
    const asking = variable.replace('said', 'ask')
    return [
      define(asking, question),
      sh`${raw(`${variable}=$(${asking}) ||`)} deny ${`it can tell its ${name}`}`,
    ]
  })
}

function demanded({ that, asks, holds }: Demand): Shell {
  if (holds) return lines([raw('('), holds, sh`) || deny ${that}`])
  return lines(asks.map((name) => raw(`printf '%s\\n' "$${answerVariable(name)}"`)))
}

/** What a guard of another author means by the answers stands in its code alone. */
function unjudged(guard: Guard): Shell[] {
  return [
    ...Object.keys(guard.ask).map((name) => raw(`printf '%s\\n' "$${answerVariable(name)}" >&2`)),
    sh`deny ${'a person has to judge these answers: the playbook can, a runbook cannot'}`,
  ]
}
