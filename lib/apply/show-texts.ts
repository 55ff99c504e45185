import { textDiff } from '../diff/text.ts'
import type { PlannedTask } from '../plan/index.ts'
import type { Step } from '../shell/step.ts'
import { ask, type HostRun } from './host-run.ts'

/** Unified diffs of the tasks that differ and have a text: one round trip, if any has. */
export async function showTexts(
  host: HostRun,
  tasks: readonly PlannedTask[],
): Promise<Map<PlannedTask, string>> {
  const differing = tasks.filter((task) => isShowable(task.text) && host.looks.get(task)?.is === 'different')
  if (differing.length === 0) return new Map()
  const questions = differing.map(({ number, text }): Step[] =>
    text ? [{ kind: 'ask', name: String(number), run: text.current }] : [],
  )
  const shown = new Map<PlannedTask, string>()
  for (const frame of await ask(host, questions.flat())) {
    const task = differing.find(({ number }) => String(number) === frame.words[1])
    if (task?.text) shown.set(task, textDiff(task.id, frame.stdout, task.text.desired.toString()))
  }
  return shown
}

/** A file that holds a secret may hold an older one now, which nothing could recognise and redact. */
function isShowable(text: PlannedTask['text']): boolean {
  return text !== undefined && text.desired.secrets.length === 0
}
