import { defineConfig } from 'vitest/config'
import { inlineScript } from './scripts/inline-script.mjs'

/**
 * Groups run one after the other: what measures time or drives a browser has the machine to itself. Tests of units and of clusters
 * mostly wait for something (a lease to end, a share to move, an answer that does not come), so two of their files go side by side.
 */
export default defineConfig({
  test: {
    projects: [
      { plugins: [inlineScript()], test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**', 'test/cli/**', 'test/cluster/processes/**', 'test/examples/**', 'test/package/**'], environment: 'node', maxWorkers: 2, testTimeout: 40_000, sequence: { groupOrder: 1 }, css: { include: [/(tokens|report)\.css/] } } },
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'], environment: 'node', fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, sequence: { groupOrder: 2 } } },
      { test: { name: 'cluster', include: ['test/cluster/processes/**/*.test.ts', 'test/examples/**/*.test.ts'], environment: 'node', maxWorkers: 2, testTimeout: 120_000, hookTimeout: 60_000, sequence: { groupOrder: 3 } } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], environment: 'node', fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000, sequence: { groupOrder: 4 } } },
      { test: { name: 'package', include: ['test/package/**/*.test.ts'], environment: 'node', fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000, sequence: { groupOrder: 5 } } },
    ],
  },
})
