import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ascend = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : ascend(dirname(folder))

/** The folder of the package: the same from `lab/` (sources, in tests) and from `dist/lab/` (built). */
export const projectRoot = ascend(dirname(fileURLToPath(import.meta.url)))

/** A file of the lab that is not compiled: the topology, the scripts of the image. */
export const asset = (path: string): string => join(projectRoot, 'lab', path)
