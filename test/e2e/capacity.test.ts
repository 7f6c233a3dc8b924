import { afterAll, beforeAll, expect, test } from 'vitest'
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
