import { cpSync, existsSync, lstatSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import * as lab from '../../lab/index.ts'
import { cacheRoot, labPaths } from '../../lab/instance/paths.ts'
import { log, nameOf, templateOf } from './labs.ts'

// To converge a topology is the dearest thing that these tests do, so it is done once for all files that run beside each
// other: a lab that is off is a folder, and can be copied.

const folderOf = (name: string): string => labPaths(cacheRoot(process.env), name).folder.replace(/\/$/, '')

/** Waits for its turn. The kernel holds the lock, and gives it back whatever ends this process (unix(7), abstract names). */
async function alone(topology: string, work: () => Promise<void>): Promise<void> {
  let lock = await locked(`\0${templateOf(topology)}`)
  while (!lock) {
    await sleep(1000)
    lock = await locked(`\0${templateOf(topology)}`)
  }
  try {
    await work()
  } finally {
    lock.close()
  }
}

const locked = (name: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const lock = createServer()
    lock.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    lock.listen(name, () => resolve(lock))
  })

async function make(topology: string, converge: () => Promise<void>): Promise<void> {
  process.env.LAB_NAME = templateOf(topology)
  await lab.up({ log })
  try {
    await converge()
    await lab.snapshot('converged', { log })
    for (const { node } of await lab.status({ topology })) await lab.fault('power-off', node, { topology })
    await lab.down({ topology })
  } catch (error) {
    await lab.destroy({ topology, log })
    throw error
  }
}

/**
 * Makes this file's lab of a topology, off, with the snapshot `converged`. The first who asks for the topology waits until
 * it has converged, and so do those who ask meanwhile.
 */
export async function copyOfTemplate(topology: string, converge: () => Promise<void>): Promise<void> {
  await alone(topology, async () => {
    if (!existsSync(folderOf(templateOf(topology)))) await make(topology, converge)
  })
  process.env.LAB_NAME = nameOf(topology)
  cpSync(folderOf(templateOf(topology)), folderOf(nameOf(topology)), {
    recursive: true,
    filter: (file) => !lstatSync(file).isSocket(), // of programs that have ended
  })
}
