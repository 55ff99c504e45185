import { defineConfig } from 'vitest/config'

const source = (path: string) => new URL(path, import.meta.url).pathname

// Tests read the sources, so that a stale build can never make them pass; playbooks that are started as
// programs run the build, which `npm test` renews first.
export default defineConfig({
  resolve: {
    alias: {
      'runsheet/resources': source('lib/resources/index.ts'),
      'runsheet/cluster': source('lib/cluster/index.ts'),
      'runsheet/lab': source('lab/index.ts'),
      runsheet: source('lib/index.ts'),
    },
  },
  test: { include: ['test/**/*.test.ts'] },
})
