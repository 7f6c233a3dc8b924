import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { open, type Host } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 30_000 }

let server: Server
let served: number
let host: Host | null

beforeEach(async () => {
  served = 0
  server = createServer((_request, response) => {
    served++
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = null
})
afterEach(async () => {
  await host?.close()
  server.closeAllConnections()
  server.close()
})

test('a page that stands still takes nothing from the load, and has every second when it is back', async () => {
  host = await open('console')
  const { page } = host
  await page.getByTestId('run-button').waitFor(PATIENT)
  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('url-input').fill(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.locator('[data-path="load.rate"]').fill('50')
  await page.locator('[data-path="load.duration"]').fill('10s')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect.poll(() => page.getByTestId('tile-achieved').innerText(), PATIENT).toMatch(/\d/)

  const session = await page.context().newCDPSession(page)
  await session.send('Page.setWebLifecycleState', { state: 'frozen' })
  await expect.poll(() => served, PATIENT).toBe(500)
  await session.send('Page.setWebLifecycleState', { state: 'active' })

  await page.getByTestId('rerun-button').waitFor(PATIENT)
  await page.getByRole('button', { name: 'Show as table' }).first().click()
  const seconds = (await page.locator('[aria-label="Show as table"].scroll tbody tr td:first-child').allInnerTexts()).reverse()
  expect(seconds).toEqual(seconds.map((_, i) => `00:${String(i + 1).padStart(2, '0')}`))
  const completed = await page.locator('[aria-label="Show as table"].scroll tbody tr td:nth-child(3)').allInnerTexts()
  expect(completed.map(Number).reduce((sum, count) => sum + count, 0)).toBe(500)
})
