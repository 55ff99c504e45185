import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
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
  const staging = join(cache, `building-${process.pid}`)
  mkdirSync(staging, { recursive: true })
  process.stderr.write('building the image of the contract (about a minute, once)\n')
  try {
    const built = join(staging, 'image.tar')
    await run(await bootstrapArgv(built), { env: { TMPDIR: staging } })
    renameSync(built, tar)
    forgetOld(cache)
  } finally {
    rmSync(staging, { recursive: true })
  }
  return tar
}

/** The three newest stay, since clones with other recipes may work side by side. */
function forgetOld(cache: string): void {
  const images = readdirSync(cache)
    .filter((name) => name.startsWith('image-'))
    .map((name) => join(cache, name))
    .sort((left, right) => statSync(right).mtimeMs - statSync(left).mtimeMs)
  for (const old of images.slice(3)) rmSync(old)
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
