#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander'
import { explain } from '../errors.ts'
import { showProgress } from '../progress.ts'
import { loadTopology } from '../topology/load.ts'
import { renderList, renderTable } from './report/result.ts'
import { mustBeWritable, writeReport } from './report/write.ts'
import { labArena, runDrills } from './run/run.ts'
import { clustersOf, namedRows, type Row, rowsOf } from './scene.ts'
import { walk } from './walk.ts'

const whole = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number')
}

const some = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a whole number, at least 1')
}

type Options = {
  readonly topology: string
  readonly list?: true
  readonly drill?: string[]
  readonly random?: number
  readonly seed?: number
  readonly report?: string
}

const program = new Command('drills')
  .description(
    'Breaks the cluster of a lab on purpose, and tells what was lost and for how long nobody served',
  )
  .addOption(
    new Option('--topology <name>', 'a file of lab/topologies/').env('LAB_TOPOLOGY').default('two-node'),
  )
  .option('--list', 'name the drills that fit the topology, and run none')
  .option('--drill <name...>', 'run these, in this order; all that fit if left out')
  .addOption(
    new Option('--random <number>', 'run so many, chosen at random').argParser(some).conflicts('drill'),
  )
  .addOption(
    new Option('--seed <number>', 'repeats a random choice').argParser(whole).implies({ random: 20 }),
  )
  .option(
    '--report <file>',
    'write a page with a picture of each drill there, and the same as .json beside it',
  )

const print = (text: string): void => void process.stdout.write(`${text}\n`)

const chosen = (rows: readonly Row[], { drill, random }: Options, seed: number): readonly Row[] => {
  if (drill) return namedRows(rows, drill)
  return random === undefined ? rows : walk(rows, random, seed)
}

const main = async (options: Options): Promise<void> => {
  const rows = rowsOf(clustersOf(loadTopology(options.topology).values))
  if (options.list) return print(renderList(rows))
  const seed = options.seed ?? Math.floor(Math.random() * 1_000_000_000)
  const steps = chosen(rows, options, seed)
  mustBeWritable(options.report)
  if (options.random !== undefined) print(`seed ${seed}: ${steps.map(({ name }) => name).join(' ')}`)
  const progress = showProgress(process.stderr)
  try {
    const arena = await labArena(options.topology, progress.log)
    const heading = {
      ...{ title: options.topology, date: new Date(), emulated: arena.ground.emulated },
      seed: options.random === undefined ? undefined : seed,
      planned: steps.length,
    }
    const results = await runDrills(arena, steps, progress.log, (known) =>
      writeReport(options.report, heading, known),
    )
    print(renderTable(results))
    if (results.some(({ passed }) => !passed)) process.exitCode = 1
  } finally {
    progress.stop()
  }
}

program.action(() => main(program.opts<Options>()))
await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
})
