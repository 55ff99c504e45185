import { rmSync } from 'node:fs'
import { LabError } from '../errors.ts'
import { daemonPid, stopDaemon, waitForEnd } from '../host/daemon.ts'
import { run } from '../host/run.ts'
import { imagePaths } from '../image/paths.ts'
import type { CreatedLab, Lab } from '../instance/lab.ts'
import { qemuArgv } from './argv.ts'
import { type Command, monitor } from './monitor.ts'

/** What a machine does: `frozen` is paused, its processor stands still. */
export type Power = 'running' | 'frozen' | 'off'

/** Whether the node's QEMU runs. */
export const isOn = (lab: Lab, node: string): boolean => daemonPid(lab.paths.node(node).pid) !== undefined

/** Sends commands to a node that is on. Throws LabError if it is off or refuses one. */
export const control = (lab: Lab, node: string, ...commands: Command[]): Promise<unknown> => {
  if (!isOn(lab, node)) throw new LabError(`${node} is off`, `type: npm run lab -- fault power-on ${node}`)
  return monitor(lab.paths.node(node).monitor, ...commands)
}

export const powerOf = async (lab: Lab, node: string): Promise<Power> => {
  if (!isOn(lab, node)) return 'off'
  const status = (await control(lab, node, { execute: 'query-status' })) as { running: boolean }
  return status.running ? 'running' : 'frozen'
}

/** Plugs each cable of the cluster's networks in or out, as the state says. */
export const applyCuts = async (lab: CreatedLab, node: string): Promise<void> => {
  const cut = lab.state.cuts[node] ?? []
  const commands = Object.keys(lab.topology.networks).map((name) => ({
    execute: 'set_link',
    arguments: { name, up: !cut.includes(name) },
  }))
  await control(lab, node, ...commands)
}

/** Starts a node, paused. */
export const startPaused = async (lab: CreatedLab, node: string): Promise<void> => {
  const { name, topology, paths, state } = lab
  rmSync(paths.node(node).monitor, { force: true })
  await run(
    qemuArgv({
      ...{ lab: name, topology, node, paths, accel: state.accel },
      port: state.ports[node] as number,
      image: imagePaths(lab.cache, state.image),
    }),
  )
  await applyCuts(lab, node)
}

/** Lets a paused node go on. */
export const resume = (lab: Lab, node: string): Promise<unknown> => control(lab, node, { execute: 'cont' })

/** Stops a node's processor. */
export const pause = (lab: Lab, node: string): Promise<unknown> => control(lab, node, { execute: 'stop' })

/** Cuts the power of a node: nothing is written any more. Does nothing if it is off. */
export const cutPower = async (lab: Lab, node: string): Promise<void> => {
  const { pid, monitor: socket } = lab.paths.node(node)
  if (!isOn(lab, node)) return
  await monitor(socket, { execute: 'quit' }).catch(() => {}) // it may be gone before it answers, or hang
  await waitForEnd(pid, 5000)
  await stopDaemon(pid)
}
