import { currentImage } from '../../lab/commands/up.ts'
import * as lab from '../../lab/index.ts'
import { existingLabs } from '../../lab/instance/existing.ts'
import { cacheRoot } from '../../lab/instance/paths.ts'
import { isOurs, log } from './labs.ts'

async function destroyAll(): Promise<void> {
  for (const { name, topology } of existingLabs().filter(({ name }) => isOurs(name))) {
    process.env.LAB_NAME = name
    await lab.destroy({ topology, log })
  }
  delete process.env.LAB_NAME
}

/**
 * What an earlier run has left was converged by older sources; `KEEP_LABS=1` is for those who write such a test. The image
 * is built once, before two files want it at the same time.
 */
export default async function setup(): Promise<() => Promise<void>> {
  await currentImage({ cache: cacheRoot(process.env), log })
  if (process.env.KEEP_LABS) return async () => {}
  await destroyAll()
  return destroyAll
}
