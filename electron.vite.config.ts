import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

/**
 * Everything is bundled into out/, so that the package needs no node_modules. Threads are entries of their own: the
 * bundler would not find them behind `new Worker(url)`, and an entry's place in out/main is known to the composition root.
 * Dynamic imports stay chunks of their own: the command line must reach its first request without loading them.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      rollupOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          cli: resolve('src/main/cli.ts'),
          engine: resolve('src/main/engine/engine-thread.ts'),
          ticker: resolve('src/main/engine/ticker-thread.ts'),
        },
        external: ['electron'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      // A sandboxed preload must be CommonJS.
      rollupOptions: { input: { index: resolve('src/preload/index.ts') }, output: { format: 'cjs', entryFileNames: 'index.cjs' } },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [vue()],
    build: { outDir: 'out/renderer', rollupOptions: { input: { index: resolve('src/renderer/index.html') } } },
  },
})
