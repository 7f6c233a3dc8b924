#!/usr/bin/env node
import * as nodeModule from 'node:module'

/** Entry of the command line. Plain Node, never Electron; also runs inside the packaged app (ELECTRON_RUN_AS_NODE). */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`Stampede needs Node 22.19 or newer; this is ${process.versions.node}. In a checkout, npm start -- … brings its own.\n`)
  process.exit(3)
}
// A namespace import: an older Node has no such export and would stop before the sentence above.
nodeModule.enableCompileCache()
const { runCommandLine } = await import('./cli/program.ts')
process.exitCode = await runCommandLine(process.argv.slice(2), {
  cli: new URL(import.meta.url),
  thread: new URL('./engine.js', import.meta.url),
  ticker: new URL('./ticker.js', import.meta.url),
  importer: new URL('./importer.js', import.meta.url),
  renderer: new URL('../renderer/', import.meta.url),
})
