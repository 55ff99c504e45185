import { defineConfig, mergeConfig } from 'vitest/config'
import { alias, machines } from '../../vitest.config.ts'

// What needs Vagrant, which is no small thing to install: `npm run test:vagrant`, or one file by name.
export default mergeConfig(
  machines,
  defineConfig({
    resolve: { alias },
    test: {
      root: new URL('../..', import.meta.url).pathname,
      include: ['test/vagrant/*.test.ts'],
      globalSetup: 'test/vagrant/setup.ts',
      disableConsoleIntercept: true,
    },
  }),
)
