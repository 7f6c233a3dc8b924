// The one door: `npm start`, `npm test`, `npm run check|build|dev|bench|dist|screenshots` all come here and set up what is missing.
// It runs on whatever Node the machine has (>= 20.19), before any package is installed: built-in modules only.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findDesktop } from './desktop.mjs'
import { conclude, testEverything, testSome } from './gates.mjs'
import { child, isModern, modernNode, root, say } from './process.mjs'
import { build, installPackages } from './ready.mjs'

const cliPath = join(root, 'out', 'main', 'cli.js')
const [mode = 'start', ...args] = process.argv.slice(2)

const modes = {
  start: () => (args.length > 0 ? cli(args) : desktop('run')),
  dev: () => desktop('dev'),
  build: () => 0,
  test: () => (args.length > 0 ? testSome(args) : testEverything()),
  /** Schedules of faults by the hundred thousand; see test/cluster/chaos.ts for its flags; with --processes real ones. */
  'test:chaos': () => child(modernNode(), [join(root, 'test', 'cluster', ...(args.includes('--processes') ? ['processes', 'chaos'] : []), 'chaos.ts'), ...args]),
  check: () => testEverything(),
  /** Packages for this system, or as electron-builder's own flags say. */
  dist: () => child(modernNode(), [join(root, 'node_modules', 'electron-builder', 'cli.js'), ...args], { cwd: root }),
  screenshots: () => child(modernNode(), [join(root, 'scripts', 'screenshots.mjs')]),
  bench: () => child(modernNode(), [join(root, 'bench', 'bench.ts'), ...args]),
  'bench:ui': () => child(modernNode(), [join(root, 'bench', 'ui', 'ui.ts'), ...args]),
  'bench:cluster': () => child(modernNode(), [join(root, 'bench', 'cluster', 'promises.ts'), ...args]),
}

/**
 * The command line. In this very process where its Node is new enough, so that stdio, signals and exit code are its
 * own; answers undefined then, because the program goes on after the import.
 */
async function cli(words) {
  process.chdir(process.env.INIT_CWD ?? root)
  if (!isModern(process.versions.node)) return child(modernNode(), [cliPath, ...words])
  process.argv = [process.execPath, cliPath, ...words]
  await import(pathToFileURL(cliPath).href)
  return undefined
}

/** The window; where there can be none, the same product in the browser, and why. */
async function desktop(how) {
  const found = findDesktop()
  if (found.binary === null) {
    say(`${found.reason} The same console is served for a browser instead.`)
    return cli(['serve', ...(found.display ? ['--open'] : [])])
  }
  if (how === 'dev') return child(modernNode(), [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'dev'])
  // Chromium refuses to run its sandbox as root.
  return child(found.binary, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root])
}

const run = Object.hasOwn(modes, mode) ? modes[mode] : null
if (run === null) {
  say(`There is no mode "${mode}". Known: ${Object.keys(modes).join(', ')}.`)
  process.exit(2)
}
const isReady = installPackages() && (await build())
const code = isReady ? await run() : mode === 'test' || mode === 'check' ? conclude({ passed: 0, failed: 1 }) : 1
if (code !== undefined) process.exitCode = code
