import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { getContainerRuntimeClient } from 'testcontainers'
import { run } from '../../../lab/host/run.ts'
import { candidates, debianSources, imageKey } from '../../../lab/image/recipe.ts'
import { PACKAGES } from './recipe.ts'

const SETUP = new URL('setup.sh', import.meta.url).pathname

/** Pages that nobody reads here are half of the bytes. */
const SLIM = ['man', 'doc', 'locale', 'info'].map((what) => `--dpkgopt=path-exclude=/usr/share/${what}/*`)

/** The image as the daemon knows it, and how to take it away again. */
export interface Image {
  name: string
  remove: () => Promise<void>
}

/** Builds the one image of all machines, unless the cache has it, and gives it to the daemon. */
export async function importImage(cache: string): Promise<Image> {
  const tar = await ensureTar(cache)
  const { dockerode } = (await getContainerRuntimeClient()).container
  const name = `runsheet-contract:${process.pid}`
  const [repo, tag] = name.split(':')
  const progress = await dockerode.importImage(tar, { repo, tag })
  await finished(progress.resume())
  return { name, remove: async () => void (await dockerode.getImage(name).remove()) }
}

async function ensureTar(cache: string): Promise<string> {
  const key = imageKey(await candidates(PACKAGES), { setup: readFileSync(SETUP, 'utf8'), slim: SLIM.join() })
  const tar = join(cache, `image-${key}.tar`)
  if (existsSync(tar)) return tar
  mkdirSync(cache, { recursive: true })
  const staging = join(cache, `building-${process.pid}.tar`)
  process.stderr.write('building the image of the contract (about a minute, once)\n')
  try {
    await run(await bootstrapArgv(staging), { env: { TMPDIR: cache } })
    for (const old of readdirSync(cache)) if (old.startsWith('image-')) rmSync(join(cache, old))
    renameSync(staging, tar)
  } finally {
    rmSync(staging, { force: true })
  }
  return tar
}

async function bootstrapArgv(tar: string): Promise<string[]> {
  const include = `--include=${PACKAGES.join(',')}`
  // setup.sh leaves the lists of its own archive.
  const options = [
    '--variant=minbase',
    '--skip=cleanup/apt/lists',
    include,
    ...SLIM,
    `--customize-hook=${SETUP}`,
  ]
  return ['mmdebstrap', ...options, 'bookworm', tar, ...(await debianSources())]
}
