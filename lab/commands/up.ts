import { waitUntilReady } from '../guest/ready.ts'
import { ensureRequirements } from '../host/requirements.ts'
import { ensureImage } from '../image/build.ts'
import { pruneImages } from '../image/prune.ts'
import { currentKey } from '../image/recipe.ts'
import { createLab } from '../instance/create.ts'
import { type CreatedLab, created, type Lab, nodeNames } from '../instance/lab.ts'
import { powerOf, resume, startPaused } from '../qemu/machine.ts'
import { loadPackages } from '../topology/load.ts'
import { prepare } from './prepare.ts'
import { freshSnapshot, takeSnapshot } from './snapshot.ts'

/** The image of the guests as the sources want it now, built if need be; the key names it. */
export const currentImage = async ({ cache, log }: Pick<Lab, 'cache' | 'log'>) => {
  await ensureRequirements(log)
  const packages = loadPackages()
  const key = await currentKey(packages)
  const image = await ensureImage(cache, key, packages, log)
  pruneImages(cache, key)
  return { key, image }
}

const create = async (lab: Lab): Promise<CreatedLab> => {
  const { key, image } = await currentImage(lab)
  lab.log(`creating the lab ${lab.name}`)
  return createLab(lab, key, image)
}

const startNode = async (lab: CreatedLab, node: string): Promise<void> => {
  const power = await powerOf(lab, node)
  if (power === 'running') return
  lab.log(power === 'frozen' ? `${node} was frozen: thawing it` : `starting ${node} (${lab.state.accel})`)
  if (power === 'off') await startPaused(lab, node)
  await resume(lab, node)
}

const tellCuts = ({ state, log }: CreatedLab): void => {
  for (const [node, networks] of Object.entries(state.cuts))
    if (networks.length > 0) log(`${node} is still cut from ${networks.join(', ')}`)
}

/** Brings all nodes up, creating the lab if need be, and waits for them. Gives the path of the inventory. */
export const bringUp = async (lab: Lab): Promise<{ inventory: string }> => {
  await ensureRequirements(lab.log)
  const ready = await prepare(created(lab) ?? (await create(lab)))
  const nodes = nodeNames(ready)
  for (const node of nodes) await startNode(ready, node)
  ready.log(`waiting for ${nodes.join(', ')}`)
  await Promise.all(nodes.map((node) => waitUntilReady(ready, node)))
  if (Object.keys(ready.state.snapshots).length === 0) await takeSnapshot(ready, freshSnapshot)
  tellCuts(ready)
  return { inventory: ready.paths.inventory }
}
