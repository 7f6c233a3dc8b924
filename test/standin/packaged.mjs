// The program of a package made for tests: `packaged.mjs <extracted archive> [arguments]`. Does what Electron's own would:
// plain Node under ELECTRON_RUN_AS_NODE, a window otherwise. Only Electron reads archives, so paths into ours lead to its copy.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const [product, ...args] = process.argv.slice(2)
const asNode = process.env.ELECTRON_RUN_AS_NODE === '1'
const words = asNode ? args.map((arg) => arg.replace(/^.*[\\/]app\.asar(?=[\\/])/, product)) : [join(import.meta.dirname, 'electron-bin'), product, ...args]
const env = { ...process.env }
delete env.ELECTRON_RUN_AS_NODE
const child = spawn(process.execPath, words, { stdio: 'inherit', env })
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)))
