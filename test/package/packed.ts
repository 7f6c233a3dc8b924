import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { extractAll, listPackage } from '@electron/asar'

const root = fileURLToPath(new URL('../..', import.meta.url))
const modules = join(root, 'node_modules')

export interface Packed {
  /** The unpacked application, as an installer would lay it out. */
  folder: string
  /** Paths in its archive, with `/`. */
  files: string[]
  /** Where the archive was extracted to: what the stand-in runs, as only Electron reads archives. */
  product: string
  remove(): void
}

/** Runs electron-builder on the built `out/`, around a stand-in for Electron's own files, which cannot be had everywhere. */
export function pack(system: 'linux' | 'win'): Packed {
  const work = mkdtempSync(join(tmpdir(), 'stampede-package-'))
  const [electron, dist] = [join(work, 'electron'), join(work, 'dist')]
  const product = join(work, 'product')
  layOutElectron(electron, system, product)
  const flags = [`--${system}`, 'dir', '--x64', '--publish', 'never', `-c.electronDist=${electron}`, `-c.directories.output=${dist}`, ...(system === 'win' ? ['-c.win.signAndEditExecutable=false'] : [])]
  execFileSync(process.execPath, [join(modules, 'electron-builder', 'cli.js'), ...flags], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const folder = join(dist, `${system}-unpacked`)
  const archive = join(folder, 'resources', 'app.asar')
  const files = listPackage(archive, { isPack: false }).map((path) => path.replaceAll('\\', '/'))
  extractAll(archive, product)
  return { folder, files, product, remove: () => rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) }
}

/** The files that electron-builder looks for, with a program that runs the extracted product on Node or on the stand-in. */
function layOutElectron(folder: string, system: 'linux' | 'win', product: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true })
  mkdirSync(join(folder, 'resources'))
  for (const name of ['chrome-sandbox', 'LICENSE', 'LICENSES.chromium.html', 'version', 'locales/en-US.pak', 'locales/zh-CN.pak', 'locales/de.pak']) writeFileSync(join(folder, name), 'stand-in\n')
  if (system === 'win') return copyFileSync(someWindowsProgram(), join(folder, 'electron.exe'))
  writeFileSync(join(folder, 'electron'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test', 'standin', 'packaged.mjs')}' '${product}' "$@"\n`)
  chmodSync(join(folder, 'electron'), 0o755)
}

/** electron-builder reads and rewrites the program's resources: any real one will do, such as the one a dependency brings. */
function someWindowsProgram(): string {
  return join(dirname(createRequire(import.meta.url).resolve('electron-winstaller/package.json')), 'vendor', '7z-x64.exe')
}
