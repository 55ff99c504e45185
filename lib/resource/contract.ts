import type { Place } from '../errors.ts'
import { raw, type Shell } from '../shell/sh.ts'
import type { Text } from '../shell/text.ts'
import type { Within } from './block.ts'
import { callerPlace } from './caller.ts'
import type { Errand } from './errand.ts'
import type { Guard } from './guard.ts'
import type { State } from './state.ts'

export type * from './guard.ts'

/** A probe exits with this (EX_TEMPFAIL of sysexits.h) when it cannot tell yet: its tool is not there. */
export const CANNOT_TELL = 75

/**
 * A probe exits with this (EX_DATAERR of sysexits.h) where what the task demands does not hold and no apply could
 * make it hold; its last words on stderr say what.
 */
export const DOES_NOT_HOLD = 65

/**
 * One kind of thing on a host. All members are pure functions of what is wanted; `probe` and `apply` give
 * POSIX sh that runs as root (or the login user) with LC_ALL=C, umask 022 and stdin from /dev/null.
 */
export interface Resource<Want> {
  /** One word, the file name in `resources/`. */
  kind: string
  /** What tells it from others of its kind on a host: a path, a name. */
  id: (want: Want) => string
  /** What is wrong with the wish itself, one sentence each; found before any host is contacted. */
  problems?: (want: Want) => string[]
  /** Commands that the probe needs. Where one is absent the state is unknown, not wrong. */
  needs?: (want: Want) => string[]
  /** Prints the canonical text of just the fields that `expect` names. Changes nothing. */
  probe: (want: Want) => Shell
  /** The state that is wanted. */
  expect: (want: Want) => State
  /** Converges from any state; runs under `set -e`. */
  apply: (want: Want) => Shell
  /** What the controller does beside `apply`, for what no script can do. */
  errand?: (want: Want) => Errand
  /**
   * For a change that takes long: prints in a few words how far it has come. It is asked beside the change, every few
   * seconds and only where a person watches a terminal. Secrets do not get there: one that names any is not answered.
   */
  progress?: (want: Want) => Shell
  /** For `--diff`: how the text looks now (shell that prints it) and how it shall look. */
  text?: (want: Want) => { current: Shell; desired: Text } | undefined
}

/** A command that runs at the end of a play on the hosts where a task that notifies it has changed. */
export interface Handler {
  name: string
  run: Shell
  place: Place | undefined
}

/** A question that the target answers: exit 0 go on, 1 skip the task, 75 cannot tell yet. */
export interface Condition {
  /** Completes "skipped: …", such as `the shared storage is not mounted here`. */
  otherwise: string
  test: Shell
}

/** Tries again on the target, without a round trip, until the state is as wanted. */
export interface Retry {
  /** How many more times after the first. */
  retries: number
  /** Seconds between two tries. */
  delay: number
  /** What must hold besides: exit 0. */
  until?: Shell
}

export interface TaskOptions {
  /** What a person reads; without it the kind and the id. */
  name?: string
  notify?: Handler | readonly Handler[]
  when?: Condition
  guard?: Guard
  tags?: readonly string[]
  retry?: Retry
  /** Seconds that the change may take before it is ended on the target; an hour without it. */
  timeout?: number
  /**
   * For a change that takes long: it outlives its connection, and the next run finds it and waits for it. There is never
   * more than one. What it started is ended with it only by `timeout`.
   */
  detached?: boolean
  /** Only the first host of the play does it; all hosts meet before and after it. */
  runOnce?: boolean
  /** The host of the inventory that does it for this one, which all hosts meet for. */
  delegateTo?: string
}

/** A wish about one host. It carries its own resource, so that any author's resource is an import. */
export interface Task {
  name: string
  kind: string
  id: string
  tags: readonly string[]
  notify: readonly Handler[]
  when: Condition | undefined
  guard: Guard | undefined
  retry: Retry | undefined
  timeout: number | undefined
  detached: boolean
  runOnce: boolean
  delegateTo: string | undefined
  /** The blocks around it, the outermost first. */
  within: readonly Within[]
  place: Place | undefined
  problems: readonly string[]
  needs: readonly string[]
  probe: Shell
  expect: State
  apply: Shell
  errand: Errand | undefined
  progress: Shell | undefined
  text: { current: Shell; desired: Text } | undefined
}

/**
 * Makes a function that turns a wish into a task.
 *
 * @example const hostEntry = defineResource<HostEntry>({ kind: 'host-entry', … })
 */
export function defineResource<Want>(resource: Resource<Want>): (want: Want, options?: TaskOptions) => Task {
  return (want, options = {}) => {
    const problems = resource.problems?.(want) ?? []
    return {
      name: options.name ?? `${resource.kind} ${resource.id(want)}`,
      kind: resource.kind,
      id: resource.id(want),
      tags: options.tags ?? [],
      notify: options.notify === undefined ? [] : [options.notify].flat(),
      when: options.when,
      guard: options.guard,
      retry: options.retry,
      timeout: options.timeout,
      detached: options.detached ?? false,
      runOnce: options.runOnce ?? false,
      delegateTo: options.delegateTo,
      within: [],
      place: callerPlace(),
      problems,
      ...(problems.length > 0 ? UNRENDERED : render(resource, want)),
    }
  }
}

/** A wish that is wrong in itself must not reach the functions that quote it into shell text. */
const UNRENDERED = {
  needs: [],
  probe: raw(''),
  expect: {},
  apply: raw(''),
  errand: undefined,
  progress: undefined,
  text: undefined,
}

function render<Want>(resource: Resource<Want>, want: Want) {
  return {
    needs: resource.needs?.(want) ?? [],
    probe: resource.probe(want),
    expect: resource.expect(want),
    apply: resource.apply(want),
    errand: resource.errand?.(want),
    progress: resource.progress?.(want),
    text: resource.text?.(want),
  }
}

/** Declares a handler; tasks name it in `notify`. */
export function handler(name: string, run: Shell): Handler {
  return { name, run, place: callerPlace() }
}
