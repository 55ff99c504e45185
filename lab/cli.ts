#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Argument, Command, Option } from 'commander'
import { faults } from './commands/fault.ts'
import { renderNoLab, renderStatus } from './commands/status.ts'
import { explain } from './errors.ts'
import { handOver } from './guest/ssh.ts'
import { destroy, down, type Fault, fault, restore, snapshot, status, up } from './index.ts'
import { existingLabs } from './instance/existing.ts'
import { checkNode, created, findLab, type LabOptions, openLab } from './instance/lab.ts'
import { showProgress } from './progress.ts'
import { vagrantInventory } from './vagrant/inventory.ts'

const program = new Command('lab')
  .description('Virtual machines for a cluster on this machine, without root and without a network')
  .addOption(
    new Option('--topology <name>', 'a file of lab/topologies/').env('LAB_TOPOLOGY').default('two-node'),
  )
  .enablePositionalOptions()
  .addHelpText('after', '\nEnvironment: LAB_NAME, LAB_TOPOLOGY, LAB_ACCEL=kvm|tcg, XDG_CACHE_HOME')

const topology = (): LabOptions => ({ topology: program.opts<{ topology: string }>().topology })

// Progress goes to stderr: stdout carries only what a command was asked for.
const withProgress = async (work: (options: LabOptions) => Promise<unknown>): Promise<void> => {
  const progress = showProgress(process.stderr)
  await work({ ...topology(), log: progress.log }).finally(progress.stop)
}

const print = (text: string): void => void process.stdout.write(`${text.trimEnd()}\n`)

program
  .command('up')
  .description('start all nodes, creating them if need be, and wait until they have booted')
  .action(() => withProgress(up))

program
  .command('down')
  .description('shut all nodes down; nothing is left running')
  .action(() => withProgress(down))

program
  .command('destroy')
  .description('stop all nodes and delete them; the image stays')
  .action(() => withProgress(destroy))

program
  .command('status')
  .description('show what each node does')
  .action(async () => {
    const lab = findLab(topology())
    if (created(lab)) print(renderStatus(Object.keys(lab.topology.networks), await status(topology())))
    else print(renderNoLab(lab.name, existingLabs()))
  })

program
  .command('ssh <node> [command...]')
  .description('a shell in a node, or one command there: ssh node1 -- sudo cat /etc/hosts')
  .passThroughOptions()
  .action(async (node: string, command: string[]) => {
    const lab = openLab(topology())
    checkNode(lab, node)
    process.exitCode = await handOver(lab, node, command)
  })

program
  .command('snapshot <name>')
  .description('save all nodes, memory and disks, at one moment')
  .action((name: string) => withProgress((options) => snapshot(name, options)))

program
  .command('restore <name>')
  .description('bring all nodes back to a snapshot; `fresh` is how they were after their first boot')
  .action((name: string) => withProgress((options) => restore(name, options)))

program
  .command('fault')
  .description('do something bad to a node, or end it')
  .addArgument(new Argument('<kind>', 'what').choices(faults))
  .argument('<node>')
  .argument('[network]', 'for cut and heal: one network of the cluster instead of all')
  .action((kind: Fault, node: string, network?: string) =>
    withProgress((options) => fault(kind, node, { ...options, ...(network ? { network } : {}) })),
  )

program
  .command('inventory')
  .description('print the inventory')
  .addOption(new Option('--provider <name>', 'of the machines that Vagrant has started').choices(['vagrant']))
  .action(async ({ provider }: { provider?: 'vagrant' }) => {
    const lab = () => (provider ? vagrantInventory(topology()) : openLab(topology()).paths.inventory)
    print(readFileSync(await lab(), 'utf8'))
  })

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
})
