import { defineConfig, mergeConfig } from 'vitest/config'
import { alias, machines } from '../../vitest.config.ts'

// Everything that needs virtual machines: `npm run test:lab`, or some by name. While one file waits for a deadtime other
// ones work: each of the three has labs of its own, which converge once for all its files.
export default mergeConfig(
  machines,
  defineConfig({
    resolve: { alias },
    test: {
      root: new URL('../..', import.meta.url).pathname,
      include: ['test/lab/**/*.test.ts'],
      fileParallelism: true,
      maxWorkers: 3,
      globalSetup: 'test/lab/setup.ts',
      disableConsoleIntercept: true,
    },
  }),
)
