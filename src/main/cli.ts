#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

/** Entry of the command line. Plain Node, never Electron; also runs inside the packaged app (ELECTRON_RUN_AS_NODE). */
enableCompileCache()
const { runCommandLine } = await import('./cli/program.ts')
process.exitCode = await runCommandLine(process.argv.slice(2), {
  cli: new URL(import.meta.url),
  thread: new URL('./engine.js', import.meta.url),
  ticker: new URL('./ticker.js', import.meta.url),
  renderer: new URL('../renderer/', import.meta.url),
})
