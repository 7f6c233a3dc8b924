import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Summary } from '../../src/shared/results/summary.ts'

/** The real command line, as built. */
const CLI = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Started {
  child: ChildProcess
  ended: Promise<Ended>
  /** Resolves when stderr (progress) or stdout holds the text. */
  says(text: RegExp): Promise<void>
}

/** A data folder of one's own, gone at the end. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'stampede-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function startCli(args: string[], options: { dataDir: string; env?: NodeJS.ProcessEnv; input?: string }): Started {
  const env = { ...process.env, STAMPEDE_DATA_DIR: options.dataDir, ...options.env }
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(options.input ?? '')
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; for (const look of listeners) look() })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; for (const look of listeners) look() })
  const ended = new Promise<Ended>((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })))
  const says = (text: RegExp): Promise<void> => new Promise((resolve, reject) => {
    const look = (): void => {
      if (!text.test(stderr) && !text.test(stdout)) return
      listeners.delete(look)
      resolve()
    }
    listeners.add(look)
    void ended.then(({ code }) => reject(new Error(`ended with ${code} before it said ${text}\n${stdout}\n${stderr}`)))
    look()
  })
  return { child, ended, says }
}

export async function runCli(args: string[], options: { dataDir: string; env?: NodeJS.ProcessEnv; input?: string }): Promise<Ended> {
  return startCli(args, options).ended
}

/** The one JSON document of `--json`; fails loudly with what was printed instead. */
export function summaryOf({ stdout, stderr }: Ended): Summary {
  try {
    return JSON.parse(stdout) as Summary
  } catch {
    throw new Error(`no JSON document on stdout:\n${stdout.slice(0, 2000)}\n${stderr.slice(0, 4000)}`)
  }
}
