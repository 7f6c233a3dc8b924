import { afterEach, beforeEach, expect, test } from 'vitest'
import { ClusterProcesses } from '../support/cluster.ts'
import { constantLoad, startRun } from '../support/cluster-runs.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { openBrowser } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 25_000 }
let cluster: ClusterProcesses
let nginx: Nginx
let browser: Awaited<ReturnType<typeof openBrowser>>['browser'] | undefined

beforeEach(async () => {
  cluster = await ClusterProcesses.start()
  nginx = await startNginx()
})
afterEach(async () => {
  await browser?.close()
  await cluster.stop()
  await nginx.stop()
})

test('a stop waits for every node: who has not answered is named, and the run says stopped only when all have', async () => {
  const desk = await cluster.serve('desk')
  const hand = await cluster.worker('hand')
  await cluster.joined(desk, 'desk', 'hand')
  const opened = await openBrowser(desk.url)
  browser = opened.browser
  const { page } = opened
  const state = (): Promise<string> => page.getByTestId('run-state').innerText()

  const { runId } = await startRun(desk, constantLoad(nginx.url, 60, '60s'))
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), runId)
  await page.getByTestId('chart-rate').waitFor(PATIENT)
  hand.freeze()
  await page.keyboard.press('ControlOrMeta+.')
  await expect.poll(() => page.getByTestId('stop-button').innerText(), PATIENT).toMatch(/Stopping… \d of 2 left/)
  await expect.poll(() => page.getByTestId('silent-nodes').innerText(), PATIENT).toContain('hand')
  expect(await state()).toMatch(/Stopping/)
  hand.thaw()
  await page.getByTestId('rerun-button').waitFor(PATIENT)
  expect(await state()).not.toMatch(/Stopping/)
}, 90_000)
