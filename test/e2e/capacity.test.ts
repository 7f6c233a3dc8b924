import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CapacityView } from '../../src/shared/results/capacity.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { open, type Host } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 30_000 }
let nginx: Nginx
let host: Host

beforeAll(async () => {
  nginx = await startNginx()
  host = await open('console')
})
afterAll(async () => {
  await host.close()
  await nginx.stop()
})

test('a search for capacity shows each rate with its run, its answer, and saves a modest share of it as a task', async () => {
  const { page } = host
  await page.getByTestId('run-button').waitFor(PATIENT)
  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('url-input').fill(nginx.url)
  await page.getByTestId('url-input').press('Enter')
  await page.keyboard.press('ControlOrMeta+4')
  await page.getByTestId('capacity-from').waitFor(PATIENT)
  await page.getByTestId('capacity-from').fill('40')
  await page.getByTestId('capacity-ceiling').fill('60')
  await page.getByTestId('capacity-hold').fill('3s')
  await page.getByTestId('capacity-start').click()
  await page.getByTestId('capacity-stop').waitFor(PATIENT)
  await page.getByTestId('capacity-start').waitFor(PATIENT)
  expect(await page.getByTestId('capacity-answer').innerText()).toMatch(/60 req\/s/)
  const rows = page.getByTestId('capacity-holds').locator('tbody tr')
  expect(await rows.first().innerText()).toMatch(/Held\s+40 req\/s/)
  await rows.first().getByRole('link', { name: 'Open' }).click()
  await expect.poll(() => page.getByTestId('verdict').first().innerText(), PATIENT).toMatch(/thresholds hold/)
  await page.keyboard.press('ControlOrMeta+4')
  await page.getByTestId('capacity-save').click()
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe(nginx.url)
})

test('a task saved from a search has the secrets of the one that was searched with', async () => {
  const { page } = host
  const heard = new Set<string>()
  const shop = createServer((request, response) => {
    heard.add(request.headers.authorization ?? 'none')
    response.end('ok')
  }).listen(0, '127.0.0.1')
  await once(shop, 'listening')
  const url = `http://127.0.0.1:${String((shop.address() as AddressInfo).port)}/`
  const { id } = await command<{ id: string }>('task.create', { spec: { name: 'guarded', load: { rate: 20, duration: '1s' }, request: { url }, auth: { type: 'bearer', token: '{{env.KEY}}' }, env: { KEY: 'open sesame' } } })
  const before = (await command<CapacityView[]>('capacity.list', {})).length
  await command('capacity.start', { id, fromRate: 20, ceiling: 20, holdMs: 1000 })
  await expect.poll(async () => (await command<CapacityView[]>('capacity.list', {}))[0]?.status, PATIENT).toBe('finished')
  expect(await command('capacity.list', {})).toHaveLength(before + 1)
  await page.keyboard.press('ControlOrMeta+1')
  await page.keyboard.press('ControlOrMeta+4')
  await page.getByTestId('capacity-save').click(PATIENT)
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe(url)
  heard.clear()
  await page.getByTestId('try-button').click()
  await expect.poll(() => page.getByTestId('try-status').innerText(), PATIENT).toMatch(/200/)
  expect([...heard]).toEqual(['Bearer open sesame'])
  shop.closeAllConnections()
  shop.close()
})

/** As a script would ask the same door. */
function command<T>(name: string, input: object): Promise<T> {
  return host.page.evaluate(async ([path, body]) => (await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json() as Promise<T>, [`api/${name}`, JSON.stringify(input)] as const)
}
