import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Summary } from '../../src/shared/results/summary.ts'
import { open } from '../e2e/host.ts'
import { temporaryFolder } from '../support/cli.ts'
import { ClusterProcesses } from '../support/cluster.ts'
import { constantLoad, resultOf, startRun } from '../support/cluster-runs.ts'
import { startNginx } from '../support/nginx.ts'
import { pack, type Packed } from './packed.ts'

const out = fileURLToPath(new URL('../../out', import.meta.url))
let packed: Packed

beforeAll(() => {
  packed = pack('linux')
})
afterAll(() => packed.remove())

/** The command line of the installed product, on a host without a display. */
function installed(args: string[], dataDir: string): ReturnType<typeof spawnSync> {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env
  return spawnSync(join(packed.folder, 'resources', 'bin', 'stampede'), args, { env: { ...env, STAMPEDE_DATA_DIR: dataDir }, encoding: 'utf8', timeout: 30_000 })
}

test('the archive holds what was built for running and its package.json, nothing else', () => {
  const built = (readdirSync(out, { recursive: true, encoding: 'utf8' })).filter((path) => path !== '.stamp' && !path.endsWith('.map') && !path.startsWith('types/') && statSync(join(out, path)).isFile())
  const isFile = (path: string): boolean => statSync(join(packed.product, path)).isFile()
  expect(packed.files.filter(isFile).sort()).toEqual(['/package.json', ...built.map((path) => `/out/${path}`)].sort())
})

test('only the languages that the product speaks go along', () => {
  expect(readdirSync(join(packed.folder, 'locales')).sort()).toEqual(['en-US.pak', 'zh-CN.pak'])
})

test('the command beside the archive runs a load test without a display', () => {
  const folder = temporaryFolder()
  const { status, stdout, stderr } = installed(['demo', '--duration', '1s', '-r', '50', '--json', '--allow-saturated'], folder.path)
  folder.remove()
  expect([0, 99], String(stderr)).toContain(status)
  expect((JSON.parse(String(stdout)) as Summary).ledger).toMatchObject({ planned: 50, started: 50, dropped: 0, lost: 0 })
})

test('the command tells its version and refuses what it does not know, as the one of a checkout', () => {
  const folder = temporaryFolder()
  expect(installed(['--version'], folder.path)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect(installed(['run', '--frobnicate'], folder.path)).toMatchObject({ status: 2 })
  folder.remove()
})

test('the installed product joins a cluster as a worker without a display, and takes its share', async () => {
  const cluster = await ClusterProcesses.start()
  const nginx = await startNginx()
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env
  const folder = temporaryFolder()
  const desk = await cluster.serve('desk')
  const worker = spawn(join(packed.folder, 'resources', 'bin', 'stampede'), ['worker', '--name', 'installed', '--namespace', cluster.namespace], { env: { ...env, STAMPEDE_DATA_DIR: folder.path, STAMPEDE_REDIS_URL: cluster.redis.url }, stdio: 'ignore' })
  try {
    await cluster.joined(desk, 'desk', 'installed')
    const { runId } = await startRun(desk, constantLoad(nginx.url, 100, '4s'))
    const { ledger, nodes } = await resultOf(desk, runId)
    expect(ledger).toMatchObject({ planned: 400, lost: 0 })
    expect(nodes.map(({ name, started }) => ({ name, works: started > 0 })).sort((a, b) => a.name.localeCompare(b.name))).toEqual([{ name: 'desk', works: true }, { name: 'installed', works: true }])
  } finally {
    worker.kill()
    await once(worker, 'exit')
    await cluster.stop()
    await nginx.stop()
    folder.remove()
  }
})

test('the window opens from the package, with its first screen', async () => {
  const host = await open('desktop', { product: packed.product })
  try {
    await host.page.getByRole('button', { name: /Run 30 s/ }).waitFor()
    expect(relative(packed.product, fileURLToPath(new URL(host.page.url()).href.split('#')[0]!))).toBe('out/renderer/index.html')
  } finally {
    await host.close()
  }
})
