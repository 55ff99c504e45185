import { defineConfig } from 'vitest/config'
import { alias } from '../../vitest.config.ts'

// Builds the RPM packages and installs them in a container: `npm run test:rpm`.
export default defineConfig({
  resolve: { alias },
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/rpm/*.test.ts'],
    globalSetup: ['test/support/temporary.ts', 'test/contract/docker/global-setup.ts'],
    disableConsoleIntercept: true,
    testTimeout: 20 * 60_000,
    hookTimeout: 20 * 60_000,
  },
})
