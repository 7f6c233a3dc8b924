// `import text from './some.ts?script'`: the module and all it imports, bundled and minified for a browser, as text.
import { build } from 'vite'

const MARK = '?script'

/** A plugin for Vite: the report carries its script inside, so the main process has to have it as text. */
export function inlineScript() {
  return {
    name: 'inline-script',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith(MARK)) return null
      const resolved = await this.resolve(source.slice(0, -MARK.length), importer, { skipSelf: true })
      return resolved === null ? null : `\0${resolved.id}${MARK}`
    },
    async load(id) {
      if (!id.startsWith('\0') || !id.endsWith(MARK)) return null
      const entry = id.slice(1, -MARK.length)
      const { code, modules } = await bundled(entry)
      for (const module of modules) this.addWatchFile(module)
      return `export default ${JSON.stringify(code)}`
    },
  }
}

/** In a closure of its own, and without what could end a script element. */
async function bundled(entry) {
  const [{ output }] = [await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, minify: true, target: 'es2023', lib: { entry, formats: ['iife'], name: 'report' }, rollupOptions: { output: { extend: false } } },
  })].flat()
  const [chunk] = output
  return { code: chunk.code.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'), modules: chunk.moduleIds.filter((id) => !id.startsWith('\0')) }
}
