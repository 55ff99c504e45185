import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Playbook } from '../plan/index.ts'

/** What the user asked for on the command line, under Ansible's names. */
export interface Options {
  inventory: string[] | undefined
  extraVars: string[] | undefined
  limit: string | undefined
  tags: string[] | undefined
  check: boolean
  diff: boolean
  json: boolean
  /** Files that the run is written to at its end. */
  report: string | undefined
  junit: string | undefined
  forks: number
  verbose: boolean
  skipTags: string[] | undefined
  startAtTask: string | undefined
  step: boolean
  /** Files of a plan: the one to write, and the one to hold to. */
  plan: string | undefined
  apply: string | undefined
  lab: boolean
  /** Seconds between two looks of a playbook that only asks; undefined: one look. */
  watch: number | undefined
  resume: boolean
  listTasks: boolean
  listHosts: boolean
  listTags: boolean
  askPass: boolean
  askBecomePass: boolean
  acceptNew: boolean
  runbook: string | undefined
}

/** The arguments were wrong (exit code 1) or help was asked for (0); commander has said so already. */
export class UsageEnd extends Error {
  readonly exitCode: 0 | 1

  constructor(exitCode: 0 | 1) {
    super('usage')
    this.exitCode = exitCode
  }
}

/**
 * Parses the arguments that follow the playbook's own name.
 *
 * @throws UsageEnd after help or an error was printed
 */
export function parseOptions(
  { name, description, verdict }: Pick<Playbook<never>, 'name' | 'description' | 'verdict'>,
  args: readonly string[],
): Options {
  const command = verdict ? asking(common(name, description)) : converging(common(name, description))
  try {
    const parsed = command.parse(args, { from: 'user' }).opts()
    return { ...NOT_GIVEN, ...parsed } as Options
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageEnd(error.exitCode === 0 ? 0 : 1)
    throw error
  }
}

function common(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option(
      '-i, --inventory <source>',
      'inventory of Ansible: YAML, INI, a program, a directory, or hosts joined by commas; may be repeated',
      collect,
    )
    .option(
      '-e, --extra-vars <vars>',
      "variables of all hosts: NAME=VALUE, '{ NAME: VALUE }' or @FILE; may be repeated",
      collect,
    )
    .option('-l, --limit <pattern>', 'only these hosts and groups, or those in @FILE')
    .option('-f, --forks <number>', 'how many hosts are worked on at once', toForks, 20)
    .option('-C, --check', 'tell what would change, and change nothing', false)
    .option('-k, --ask-pass', 'ask for the password of the login users', false)
    .option('-K, --ask-become-pass', 'ask for the password of sudo or su', false)
    .option('--accept-new', 'trust the key of a host that is not known yet, and remember it', false)
    .option('--list-hosts', 'print the hosts and stop', false)
    .option('--json', 'print one event a line as JSON, the last one a recap or a verdict', false)
    .option('--lab', 'start the lab for this playbook and use its inventory', false)
    .allowExcessArguments(false)
    .exitOverride()
}

/** What a playbook knows besides that only asks. */
function asking(command: Command): Command {
  return command.addOption(
    new Option('--watch [seconds]', 'look again and again, every 5 seconds if not said otherwise')
      .preset('5')
      .argParser(toSeconds),
  )
}

/** What a playbook knows besides that changes something. */
function converging(command: Command): Command {
  return command
    .option('-t, --tags <tags>', 'only tasks with one of these tags, joined by commas', splitTags)
    .option('--skip-tags <tags>', 'leave out tasks with one of these tags', splitTags)
    .option('--start-at-task <name>', 'leave out everything before the task of this name')
    .option('-D, --diff', 'show texts that differ as unified diffs', false)
    .option('--step', 'show each task that would change something, and ask before it is done', false)
    .option('--plan <file>', 'write what would be done as a plan, and change nothing')
    .addOption(new Option('--apply <file>', 'do what a plan says, or nothing').conflicts(['plan', 'check']))
    .option('--resume', 'go on with the last run of this playbook, which did not end well', false)
    .option('--list-tasks', 'print the tasks of every play and stop', false)
    .option('--list-tags', 'print the tags of every play and stop', false)
    .option('-v, --verbose', 'also print the tasks that were as wanted, and why one was skipped', false)
    .option('--runbook <file>', 'write the playbook as Markdown to paste from or to run with zx, and stop')
    .option('--report <file>', 'write the run as an HTML page, with a picture and its diffs')
    .option('--junit <file>', 'write the run as JUnit XML, for CI')
}

/** What commander leaves out where it was not given, or where the playbook does not know it. */
const NOT_GIVEN = {
  inventory: undefined,
  extraVars: undefined,
  limit: undefined,
  tags: undefined,
  runbook: undefined,
  report: undefined,
  junit: undefined,
  skipTags: undefined,
  startAtTask: undefined,
  plan: undefined,
  apply: undefined,
  watch: undefined,
  diff: false,
  step: false,
  resume: false,
  listTasks: false,
  listTags: false,
  verbose: false,
}

function toSeconds(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value))
    throw new InvalidArgumentError('It must be whole seconds, from 1 to 99999.')
  return Number(value)
}

function toForks(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('It must be a number from 1 to 9999.')
  return Number(value)
}

function splitTags(value: string, before: string[] = []): string[] {
  return [...before, ...value.split(',').filter(Boolean)]
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}
