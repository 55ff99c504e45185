import { type Existing, listLabs } from '../instance/existing.ts'
import { type CreatedLab, nodeNames } from '../instance/lab.ts'
import { type Power, powerOf } from '../qemu/machine.ts'

/** One node as `status` shows it. `cut` are the networks whose cable is pulled. */
export type NodeStatus = {
  readonly node: string
  readonly power: Power
  readonly port: number | undefined
  readonly accel: string
  readonly cut: readonly string[]
}

/** What every node of the lab does now. */
export const statusOf = (lab: CreatedLab): Promise<NodeStatus[]> =>
  Promise.all(
    nodeNames(lab).map(async (node) => ({
      node,
      power: await powerOf(lab, node),
      port: lab.state.ports[node],
      accel: lab.state.accel,
      cut: lab.state.cuts[node] ?? [],
    })),
  )

const cells = (networks: readonly string[], { node, power, port, accel, cut }: NodeStatus): string[] => [
  node,
  power,
  String(port ?? '-'),
  accel,
  networks.map((name) => `${name} ${cut.includes(name) ? 'CUT' : 'ok'}`).join(', '),
]

/** A table for people, one line a node. Pure. */
export const renderStatus = (networks: readonly string[], nodes: readonly NodeStatus[]): string => {
  const rows = [
    ['NODE', 'POWER', 'SSH PORT', 'ACCEL', 'LINKS'],
    ...nodes.map((node) => cells(networks, node)),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** What `status` says where the lab does not exist. Pure. */
export const renderNoLab = (name: string, others: readonly Existing[]): string => {
  const none = `There is no lab ${name}; \`npm run lab -- up\` makes it.`
  return others.length > 0 ? `${none}\nThere is: ${listLabs(others)}` : none
}
