// What must be there before anything runs: packages, the built product, the programs that tests need.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeKitTypes } from './kit-types.mjs'
import { modernNode, root, say, which } from './process.mjs'

/** Noise of installers and builders goes to stderr (2): stdout belongs to the program that is started next. */
const onStderr = { stdio: ['ignore', 2, 2], cwd: root }

/** Installs the locked packages unless exactly those are there. Answers whether they are. */
export function installPackages() {
  if (packagesAreThere()) return true
  say('Installing packages (npm ci) …')
  // npm tells its scripts where it is; a bare "npm" is a .cmd on Windows, which only a shell can start.
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-fund', '--no-audit', '--loglevel=error']
  const done = npm ? spawnSync(process.execPath, [npm, ...args], onStderr) : spawnSync('npm', args, { ...onStderr, shell: process.platform === 'win32' })
  if (done.status !== 0) say('npm ci failed; see above.')
  return done.status === 0
}

/** npm notes what it installed in a hidden lock file, written last: compare that with ours instead of keeping a stamp. */
function packagesAreThere() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages
  if (installed === undefined) return false
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages)
  return wanted.every(([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version)
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** Builds out/ unless the sources are those of the last build. Answers whether out/ is good. */
export async function build() {
  const out = join(root, 'out')
  const sources = hashOf([...filesIn('src'), 'electron.vite.config.ts', 'scripts/inline-script.mjs', 'scripts/kit-types.mjs', 'package.json', 'package-lock.json'])
  if (existsSync(join(out, '.stamp')) && readFileSync(join(out, '.stamp'), 'utf8') === sources) return true
  say('Building …')
  // Beside the old one and changed over at the end: what runs meanwhile never sees half a build.
  const fresh = join(root, 'node_modules', '.cache', `out-${process.pid}`)
  const env = { ...process.env, STAMPEDE_OUT: fresh }
  const done = spawnSync(modernNode(), [join('node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'], { ...onStderr, env })
  const isBuilt = done.status === 0 && (await writeKitTypes(fresh))
  if (isBuilt) {
    writeFileSync(join(fresh, '.stamp'), sources)
    changeOver(fresh, out)
  } else say('The build failed; see above.')
  rmSync(fresh, { recursive: true, force: true })
  return isBuilt
}

function changeOver(fresh, out) {
  const old = `${fresh}-old`
  attempt(() => renameSync(out, old)) // there may be none yet
  attempt(() => renameSync(fresh, out)) // another process may have been faster with the same sources
  rmSync(old, { recursive: true, force: true })
}

function attempt(step) {
  try {
    step()
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
  }
}

/** Contents and names, never times: a fresh clone of the same sources is the same. */
function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) hash.update(path).update('\0').update(readFileSync(join(root, path))).update('\0')
  return hash.digest('hex')
}

function filesIn(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length)).sort()
}

/** Programs that tests start for real, and the Debian packages that bring them. */
const TOOLS = { 'redis-server': 'redis-server', chromium: 'chromium', nginx: 'nginx-light', nghttpd: 'nghttp2-server', wrk: 'wrk', openssl: 'openssl', jq: 'jq' }

/** Installs what is missing on Debian as root; elsewhere says what to install. Answers whether all is there. */
export function haveTestTools() {
  const missing = Object.keys(TOOLS).filter((tool) => which(tool) === null && !(tool === 'chromium' && process.env.CHROMIUM_PATH))
  if (missing.length === 0) return true
  const packages = missing.map((tool) => TOOLS[tool])
  if (process.getuid?.() !== 0 || which('apt-get') === null) {
    say(`The tests need ${missing.join(', ')}. Debian, Ubuntu: sudo apt-get install ${packages.join(' ')}. macOS: brew install ${missing.join(' ')}.`)
    return false
  }
  say(`Installing ${packages.join(', ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { ...onStderr, env })
  const install = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-qq', '--no-install-recommends', ...packages]
  return spawnSync('apt-get', install, { ...onStderr, env }).status === 0
}
