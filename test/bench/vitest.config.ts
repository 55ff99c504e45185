import { defineConfig } from 'vitest/config'

// The benches start playbooks as programs and measure them, one after the other and with nothing beside them.
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/bench/*.bench.test.ts'],
    globalSetup: ['test/support/temporary.ts', 'test/support/packages.ts'],
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 10 * 60_000,
    hookTimeout: 60_000,
  },
})
