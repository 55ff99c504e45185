import { defineConfig, mergeConfig } from 'vitest/config'
import { alias, machines } from '../../vitest.config.ts'

// Everything that needs virtual machines, one file after the other: `npm run test:lab`, or some by name. A topology
// is converged once for all files that begin with it.
export default mergeConfig(
  machines,
  defineConfig({
    resolve: { alias },
    test: {
      root: new URL('../..', import.meta.url).pathname,
      include: ['test/lab/**/*.test.ts'],
      globalSetup: 'test/lab/setup.ts',
      disableConsoleIntercept: true,
    },
  }),
)
