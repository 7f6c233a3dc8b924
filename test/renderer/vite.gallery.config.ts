import vue from '@vitejs/plugin-vue'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

/** Serves the gallery: `vite --config test/renderer/vite.gallery.config.ts`. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  server: { port: 5199, strictPort: false, fs: { allow: [resolve(import.meta.dirname, '../..')] } },
  optimizeDeps: { entries: ['gallery.ts'] },
  cacheDir: '../../node_modules/.vite-gallery',
  logLevel: 'warn',
})
