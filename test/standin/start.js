// The main process: puts the stand-in in the place of 'electron', then runs the app's main module.
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const electron = new URL('./electron.js', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) => (specifier === 'electron' || specifier === 'electron/main' ? { url: electron, shortCircuit: true } : next(specifier, context)),
})
process.versions.electron ??= '0.0.0-standin'
Object.defineProperty(process, 'type', { value: 'browser' })
process.argv.splice(1, 1)

const { lifecycle } = await import('./app.js')
await import(pathToFileURL(process.argv[1]).href)
// As in Electron, "ready" comes only after the main module: one that awaits it at its top level never ends.
lifecycle.mainModuleLoaded()
