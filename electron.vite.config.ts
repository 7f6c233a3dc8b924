import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { inlineScript } from './scripts/inline-script.mjs'

/** `scripts/ready.mjs` builds beside `out` and then changes both over, so that nothing that runs meanwhile sees half a build. */
const out = resolve(process.env['STAMPEDE_OUT'] ?? 'out')

/** How long plugins took is no warning. */
const checks = { pluginTimings: false, bundlerTimings: false }

/**
 * Everything is bundled into out/, so that the package needs no node_modules. Threads are entries of their own: the
 * bundler would not find them behind `new Worker(url)`, and an entry's place in out/main is known to the composition root.
 * Dynamic imports stay chunks of their own: the command line must reach its first request without loading them.
 */
export default defineConfig({
  main: {
    plugins: [inlineScript()],
    build: {
      outDir: `${out}/main`,
      emptyOutDir: true,
      externalizeDeps: false,
      rollupOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          cli: resolve('src/main/cli.ts'),
          kit: resolve('src/main/kit.ts'),
          engine: resolve('src/main/engine/engine-thread.ts'),
          ticker: resolve('src/main/engine/ticker-thread.ts'),
          importer: resolve('src/main/imports/import-thread.ts'),
        },
        external: ['electron'],
        checks,
      },
    },
  },
  preload: {
    build: {
      outDir: `${out}/preload`,
      emptyOutDir: true,
      externalizeDeps: false,
      // A sandboxed preload must be CommonJS.
      rollupOptions: { checks, input: { index: resolve('src/preload/index.ts') }, output: { format: 'cjs', entryFileNames: 'index.cjs' } },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [vue()],
    build: {
      // electron-vite leaves it off; the console goes over the network.
      minify: true,
      outDir: `${out}/renderer`,
      emptyOutDir: true,
      rollupOptions: { checks, input: { index: resolve('src/renderer/index.html') } },
    },
  },
})
