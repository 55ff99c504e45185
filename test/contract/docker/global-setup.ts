import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { cacheRoot } from '../../../lab/instance/paths.ts'
import installShells, { installPackages } from '../../support/packages.ts'
import { openDocker } from './daemon.ts'
import { importImage } from './image.ts'
import { removeRemains } from './remains.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The image of all machines, and the private key that logs in as root; its public key is beside it. */
    contract: { image: string; key: string }
  }
}

/** What makes an image and runs it, by a command that each brings. */
const PACKAGES = {
  dockerd: 'docker.io',
  ip: 'iproute2',
  iptables: 'iptables',
  mmdebstrap: 'mmdebstrap',
  'ssh-keygen': 'openssh-client',
}

/** Starts what all files of the contract share; what it returns ends all of it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  installShells()
  installPackages(PACKAGES)
  const cache = join(cacheRoot(process.env), 'contract')
  mkdirSync(cache, { recursive: true })
  removeRemains(cache)
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-contract-'))
  const key = join(folder, 'login')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key])
  const docker = await openDocker(cache)
  // The workers, which start testcontainers, inherit it.
  Object.assign(process.env, docker.environment)
  const end = async () => {
    await docker.stop()
    rmSync(folder, { recursive: true })
  }
  try {
    const image = await importImage(cache)
    project.provide('contract', { image: image.name, key })
    return () => image.remove().finally(end)
  } catch (error) {
    await end()
    throw error
  }
}
