// Starting other programs, on every platform, before any package is installed.
import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** To stderr: stdout belongs to whatever is started (`npm start -- run --json`). */
export const say = (sentence) => process.stderr.write(`[stampede] ${sentence}\n`)

/** node:sqlite without a flag, type stripping without a warning, module.registerHooks. */
export function isModern(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

/** A Node that can run the product: this one, or the one that is locked among the packages. */
export function modernNode() {
  if (isModern(process.versions.node)) return process.execPath
  const locked = which('node', [join(root, 'node_modules', '.bin')])
  const version = locked && spawnSync(locked, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim()
  if (version && isModern(version)) return locked
  say(`Stampede needs Node 22.19 or newer; this is ${process.versions.node}. Please install Node 24.`)
  process.exit(1)
}

/** Full path of a program, or null. Looks in /usr/sbin too: a server's binary is a tool of the tests. */
export function which(name, folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  for (const folder of folders) {
    for (const ending of endings) {
      const path = join(folder, name + ending)
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {
        // Not here: look on.
      }
    }
  }
  return null
}

/**
 * Runs a program on this terminal and resolves with its exit code. SIGTERM and SIGHUP are passed on; Ctrl-C reaches
 * the child by itself, as it shares our process group, so here it is only survived.
 */
export function child(command, args, options = {}) {
  return new Promise((resolve) => {
    const running = spawn(command, args, { stdio: 'inherit', ...options })
    const passOn = (signal) => running.kill(signal)
    process.on('SIGTERM', passOn).on('SIGHUP', passOn).on('SIGINT', () => {})
    running.on('error', (error) => {
      say(`${command} did not start: ${error.message}`)
      resolve(1)
    })
    running.on('exit', (code, signal) => resolve(code ?? { SIGINT: 130, SIGTERM: 143 }[signal] ?? 1))
  })
}

/** Like {@link child}, but what the program says is held back until its end, as one block. */
export function quietChild(command, args) {
  return new Promise((resolve) => {
    const running = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: root })
    const said = []
    running.stdout.on('data', (chunk) => said.push(chunk))
    running.stderr.on('data', (chunk) => said.push(chunk))
    running.on('error', (error) => resolve({ code: 1, said: error.message }))
    running.on('close', (code) => resolve({ code: code ?? 1, said: Buffer.concat(said).toString() }))
  })
}
