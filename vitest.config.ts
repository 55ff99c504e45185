import { defineConfig } from 'vitest/config'

const source = (path: string) => new URL(path, import.meta.url).pathname

// Tests read the sources, so that a stale build can never make them pass; playbooks that are started as
// programs run the build, which `npm test` renews first.
export const alias = {
  'runsheet/resources': source('lib/resources/index.ts'),
  'runsheet/facts': source('lib/facts.ts'),
  'runsheet/cluster': source('lib/cluster/index.ts'),
  'runsheet/replication': source('lib/replication/index.ts'),
  'runsheet/hosts': source('lib/hosts.ts'),
  'runsheet/drills': source('lab/drills/index.ts'),
  'runsheet/lab': source('lab/index.ts'),
  runsheet: source('lib/index.ts'),
}

/** Milliseconds. A limit ends what hangs; a busy machine is slow, not wrong. */
const PATIENCE = 180_000

const project = (name: string, groupOrder: number, include: string[], more: object = {}) => ({
  resolve: { alias },
  test: { name, include, sequence: { groupOrder }, testTimeout: PATIENCE, hookTimeout: PATIENCE, ...more },
})

const units = ['test/unit/**/*.test.ts', 'test/architecture.test.ts', 'test/{reference,runbooks}/*.test.ts']

const packages = { globalSetup: 'test/support/packages.ts' }

// Whoever asks a container waits for it most of the time.
const containers = { globalSetup: 'test/contract/docker/global-setup.ts', maxWorkers: 4 }

/** Emulated machines take minutes to boot, and need the processors for themselves. */
export const machines = {
  test: { fileParallelism: false, testTimeout: 20 * 60_000, hookTimeout: 20 * 60_000 },
}

// What fits into a run of everything; `npm run test:lab` has the rest.
const lab = ['test/lab/{gateway,two-node,contract,reboot}.test.ts']

// One group after the other: virtual machines need the processors for themselves.
export default defineConfig({
  test: {
    globalSetup: 'test/support/temporary.ts',
    projects: [
      project('unit', 0, units, { globalSetup: 'test/support/unit-packages.ts' }),
      project('hosts', 1, ['test/{cli,shell,container,inventory}/**/*.test.ts'], packages),
      project('contract', 2, ['test/contract/**/*.test.ts'], containers),
      project('faults', 3, ['test/faults/**/*.test.ts'], packages),
      project('lab', 4, lab, machines.test),
    ],
  },
})
