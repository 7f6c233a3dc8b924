// Where the Electron binary is, if it can be had on this machine at all.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { modernNode, root, say } from './process.mjs'

/** `binary` is null where no window can be opened; then `reason` says why in one sentence. */
export function findDesktop() {
  const display = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  if (!display) return { binary: null, display, reason: 'There is no display here.' }
  const binary = installedBinary() ?? fetchBinary()
  return { binary, display, reason: binary === null ? 'Electron could not be fetched (github.com cannot be reached, or ELECTRON_MIRROR is wrong).' : undefined }
}

function installedBinary() {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : 'electron'
  const binary = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return existsSync(binary) ? binary : null
}

/** Electron's package comes without its binary (100 MB from github.com, or from ELECTRON_MIRROR). */
function fetchBinary() {
  say('Fetching Electron …')
  spawnSync(modernNode(), [join(root, 'node_modules', 'electron', 'install.js')], { stdio: 'ignore', timeout: 120_000 })
  return installedBinary()
}
