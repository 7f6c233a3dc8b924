import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Options } from './options.ts'
import type { Nginx } from './targets/nginx.ts'

/** What every group of benchmarks works with. */
export interface Bench {
  options: Options
  /** Servers run on one core, clients on another: the two must not share one. */
  cores: { server: number; client: number }
  nginx: Nginx
  /** Scratch folder: data of our own runs, files for contestants. */
  folder: string
  say: (line: string) => void
}

/** Connections of every closed loop. */
export const CONNECTIONS = 50

const root = fileURLToPath(new URL('../', import.meta.url))

/** Below the repository. */
export function inRepository(...parts: string[]): string {
  return join(root, ...parts)
}
