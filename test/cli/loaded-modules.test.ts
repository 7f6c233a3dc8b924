import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { startRedis } from '../support/redis.ts'

const folder = temporaryFolder()
afterAll(() => folder.remove())

/** Writes the address of every module that is loaded into a file. */
const RECORDER = `
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
registerHooks({ load: (url, context, next) => { appendFileSync(process.env.LOADED, url + '\\n'); return next(url, context) } })
`

/** Those of the product's own files that a command has loaded. */
async function loadedBy(args: string[]): Promise<string[]> {
  const [recorder, list] = [join(folder.path, 'recorder.mjs'), join(folder.path, 'loaded.txt')]
  writeFileSync(recorder, RECORDER)
  writeFileSync(list, '')
  await runCli(args, { dataDir: folder.path, env: { LOADED: list, NODE_OPTIONS: `--import=${pathToFileURL(recorder).href}`, STAMPEDE_REDIS_URL: '' } })
  return [...new Set(readFileSync(list, 'utf8').trim().split('\n'))].filter((url) => url.includes('/out/main/'))
}

const speaksRedis = (url: string): boolean => readFileSync(fileURLToPath(url), 'utf8').includes('enableOfflineQueue')

test('a run on this machine loads nothing that speaks to Redis', async () => {
  const loaded = await loadedBy(['run', 'http://127.0.0.1:9/', '-r', '10', '-d', '1s'])
  expect(loaded.length).toBeGreaterThan(5)
  expect(loaded.filter(speaksRedis)).toEqual([])
})

test('and the check would see it: a command on a cluster does', async () => {
  const redis = await startRedis()
  try {
    expect((await loadedBy(['nodes', '--redis', redis.url])).filter(speaksRedis)).not.toEqual([])
  } finally {
    await redis.stop()
  }
})
