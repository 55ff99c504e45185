// What a playbook prints with `--json`: one event a line, the last one a recap.

/** One event, as far as drills read it. */
export type Event = {
  readonly event: string
  readonly outcome?: string
  readonly host?: string
  readonly id?: string
}

/** The end of a run: how many tasks changed something, and the counts of each host by outcome. */
export type Recap = {
  readonly changed: number
  readonly hosts: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** All events; undefined where that is not what was printed. Pure. */
export const eventsOf = (stdout: string): readonly Event[] | undefined => {
  try {
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event)
  } catch {
    return undefined
  }
}

/** The recap of a run; undefined where there is none. Pure. */
export const recapOf = (stdout: string): Recap | undefined => {
  const last = eventsOf(stdout)?.at(-1)
  return last?.event === 'recap' ? (last as unknown as Recap) : undefined
}
