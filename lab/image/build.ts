import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../errors.ts'
import { run } from '../host/run.ts'
import type { Log } from '../progress.ts'
import { asset } from '../project.ts'
import { type ImagePaths, imagePaths } from './paths.ts'
import { basePackages, debianSources } from './recipe.ts'

/** Size of the system disk; the file is sparse and holds about 700 MB. */
const diskSize = '3G'

/** What one build needs to know. `staging` is a folder that only this build writes to. */
export type Build = { readonly root: boolean; readonly staging: string; readonly sources: readonly string[] }

/** The command that makes the system as a tar. Who is not root does it in a user namespace. Pure. */
export const bootstrapArgv = ({ root, staging, sources }: Build): string[] => [
  'mmdebstrap',
  `--mode=${root ? 'root' : 'unshare'}`,
  '--variant=minbase',
  '--format=tar',
  '--skip=cleanup/apt',
  `--include=${basePackages.join(',')}`,
  `--essential-hook=tar-in ${join(staging, 'files.tar')} /`,
  `--customize-hook=${asset('image/setup.sh')}`,
  'bookworm',
  join(staging, 'root.tar'),
  ...sources,
]

/** The command that makes the disk of that tar; it has to own files of any user, so it must be root somewhere. Pure. */
export const packArgv = ({ root, staging }: Build): string[] => [
  ...(root ? [] : ['unshare', '--map-auto', '--map-root-user']),
  ...['sh', asset('image/pack.sh'), join(staging, 'root.tar'), staging, diskSize],
]

// Git keeps no owner and not all rights: both are set here, for sudo and sshd insist on them.
const filesArgv = (staging: string): string[] => [
  ...['tar', '-C', asset('image/files'), '--owner=0', '--group=0', '--mode=u=rwX,go=rX'],
  ...['-cf', join(staging, 'files.tar'), '.'],
]

/** The stage that a line of the build's output begins, if it begins one. Pure. */
export const stageOf = (line: string): string | undefined =>
  /^stage: (.*)$/.exec(line)?.[1] ??
  /^I: ((?:downloading|extracting|installing|creating) .*?)(?:\.\.\.)?$/.exec(line)?.[1]

const build = async (description: Build, waiting: readonly string[], log: Log): Promise<void> => {
  const { staging } = description
  const temporary = join(staging, 'tmp')
  mkdirSync(temporary, { recursive: true })
  const onLine = (line: string) => {
    const stage = stageOf(line)
    if (stage) log(`image: ${stage}`)
  }
  await run(filesArgv(staging))
  await run(bootstrapArgv(description), { env: { TMPDIR: temporary, WAITING: waiting.join(' ') }, onLine })
  log('image: making the disk')
  await run(packArgv(description))
  for (const name of ['tmp', 'root.tar', 'files.tar']) rmSync(join(staging, name), { recursive: true })
}

const wayOut = (root: boolean): string =>
  root
    ? 'see whether apt-get update works on this machine, then try again'
    : 'a user namespace needs lines for you in /etc/subuid and /etc/subgid, and a cache folder that others may enter ' +
      '(set XDG_CACHE_HOME); or do the first `up` as root'

/** Builds the image of that key unless it is there. `cache` is the root of the cache. */
export const ensureImage = async (
  cache: string,
  key: string,
  waiting: readonly string[],
  log: Log,
): Promise<ImagePaths> => {
  const image = imagePaths(cache, key)
  if (existsSync(image.folder)) return image
  log('building the image of the guests (about 90 s, once)')
  const root = process.getuid?.() === 0
  const staging = join(cache, 'images', `building-${process.pid}`)
  try {
    await build({ root, staging, sources: await debianSources() }, waiting, log)
    renameSync(staging, image.folder)
  } catch (cause) {
    rmSync(staging, { recursive: true, force: true })
    throw new LabError(`the image was not built: ${(cause as Error).message}`, wayOut(root))
  }
  return image
}
