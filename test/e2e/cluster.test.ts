import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ClusterProcesses } from '../support/cluster.ts'
import { constantLoad, startRun } from '../support/cluster-runs.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import type { NodeProcess, ServeProcess } from '../support/node-process.ts'
import { until } from '../support/until.ts'
import { openBrowser } from './host.ts'

/** An election and a busy machine take their time. */
const PATIENT = { timeout: 25_000 }
const RATE = 120

let cluster: ClusterProcesses
let nginx: Nginx
let chief: ServeProcess
let desk: ServeProcess
let hand: NodeProcess
let browser: Browser
let page: Page

/** The page belongs to a node that is neither master nor killed. */
beforeEach(async () => {
  cluster = await ClusterProcesses.start()
  nginx = await startNginx()
  chief = await cluster.serve('chief', { priority: 9 })
  await until('chief to lead', async () => (await cluster.master())?.name === 'chief')
  desk = await cluster.serve('desk', { priority: 5 })
  hand = await cluster.worker('hand')
  await cluster.joined(desk, 'chief', 'desk', 'hand')
  const opened = await openBrowser(desk.url)
  page = opened.page
  browser = opened.browser
})

afterEach(async () => {
  await browser?.close()
  await cluster?.stop()
  await nginx?.stop()
})

async function idOf(name: string): Promise<string> {
  return until(`node ${name}`, async () => (await cluster.nodes()).find((node) => node.name === name)?.id)
}

function row(id: string) {
  return page.locator(`[data-testid="node-row"][data-node-id="${id}"]`)
}

/** One of the actions in the menu of a node's row. */
async function choose(name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** The achieved rate that the live view shows, requests per second. */
async function achieved(): Promise<number> {
  return Number(/([\d.,]+)\s*req\/s/.exec(await page.getByTestId('tile-achieved').innerText())?.[1]?.replaceAll(',', ''))
}

async function openRun(): Promise<string> {
  const { runId } = await startRun(desk, constantLoad(nginx.url, RATE, '60s'))
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByTestId('history-row').first().click()
  await page.getByTestId('chart-rate').waitFor(PATIENT)
  await expect.poll(achieved, PATIENT).toBeGreaterThan(RATE * 0.9)
  return runId
}

describe('the console of a cluster', () => {
  test('a worker is killed: its row turns to lost, the event is flagged on the chart, and the achieved rate comes back', async () => {
    const [chiefId, deskId, handId] = await Promise.all(['chief', 'desk', 'hand'].map(idOf)) as [string, string, string]
    await page.getByRole('link', { name: 'Nodes' }).click()
    for (const id of [chiefId, deskId, handId]) await row(id).waitFor(PATIENT)
    expect(await row(handId).getAttribute('data-state')).toMatch(/^(ok|hot)$/)
    expect(await row(chiefId).getAttribute('data-role')).toBe('master')
    await openRun()
    await hand.kill()
    await page.getByTestId('event-flag').first().waitFor(PATIENT)
    await expect.poll(() => page.locator('[data-testid="generator-row"][data-state="lost"]').count(), PATIENT).toBe(1)
    await expect.poll(achieved, PATIENT).toBeGreaterThan(RATE * 0.9)
    await page.locator('[data-testid="generator-row"][data-state="lost"]').click()
    await expect.poll(() => row(handId).getAttribute('aria-current'), PATIENT).toBe('true')
    expect(await row(handId).getAttribute('data-state')).toBe('lost')
    expect(await row(deskId).getAttribute('aria-current')).toBeNull()
  })

  test('the master is killed: the banner says that one is being elected, then the new one leads under another epoch, and the run goes on', async () => {
    await openRun()
    const before = await cluster.master()
    await chief.kill()
    await page.locator('[data-testid="cluster-banner"][data-kind="masterless"]').waitFor(PATIENT)
    await page.locator('[data-testid="cluster-banner"][data-kind="masterless"]').waitFor({ state: 'detached', ...PATIENT })
    const next = await cluster.master()
    expect(next?.name).toBe('desk')
    expect(next?.epoch).toBeGreaterThan(before?.epoch ?? 0)
    await expect.poll(achieved, PATIENT).toBeGreaterThan(RATE * 0.9)
    await expect.poll(() => page.getByTestId('run-state').innerText(), PATIENT).toContain('Running')
    await page.getByRole('link', { name: 'Nodes' }).click()
    await expect.poll(async () => row(await idOf('desk')).getAttribute('data-role'), PATIENT).toBe('master')
  })

  test('a node is drained and resumed, preferred, and made master from its row; the log says why, the run numbers what happened, and the way in is there to copy', async () => {
    const [chiefId, deskId, handId] = await Promise.all(['chief', 'desk', 'hand'].map(idOf)) as [string, string, string]
    await openRun()
    await page.getByRole('link', { name: 'Nodes' }).click()
    await choose('hand', 'Drain')
    await expect.poll(() => row(handId).getAttribute('data-state'), PATIENT).toBe('drained')
    await expect.poll(() => row(handId).getByTestId('node-share').innerText(), PATIENT).toMatch(/^0(\.0)?%$/)
    await choose('hand', 'Resume')
    await expect.poll(() => row(handId).getAttribute('data-state'), PATIENT).toMatch(/^(ok|hot)$/)

    const priority = row(deskId).getByTestId('node-priority')
    await priority.fill('12')
    await priority.press('Enter')
    await until('desk to be preferred', async () => (await cluster.nodes()).find(({ name }) => name === 'desk')?.priority === 12)

    const epoch = Number(await page.getByTestId('cluster-chip').getAttribute('data-epoch'))
    await choose('desk', 'Make master…')
    await page.getByTestId('master-reason').fill('chief is to be updated')
    await page.getByTestId('make-master').click()
    await expect.poll(() => row(deskId).getAttribute('data-role'), PATIENT).toBe('master')
    expect(await row(chiefId).getAttribute('data-role')).not.toBe('master')
    await expect.poll(async () => Number(await page.getByTestId('cluster-chip').getAttribute('data-epoch')), PATIENT).toBeGreaterThan(epoch)
    const log = page.locator('[data-testid="election-row"][data-kind="handover"]').first()
    await expect.poll(() => log.innerText(), PATIENT).toMatch(/desk was chosen,\s*handed over by chief\.\s*Reason: chief is to be updated/)

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const join = await page.getByTestId('join-command').innerText()
    expect(join).toBe(`stampede worker --redis ${cluster.redis.url} --namespace ${cluster.namespace}`)
    expect(await page.getByTestId('sentinel-command').innerText()).toContain('stampede sentinel --redis')
    await page.getByRole('button', { name: 'Copy', exact: true }).first().click()
    await page.getByRole('button', { name: 'Copied' }).waitFor(PATIENT)
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(join)

    await page.goBack()
    await page.getByTestId('all-events').click()
    const events = page.locator('.event-popup li')
    await expect.poll(() => events.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['kind'])), PATIENT).toEqual(expect.arrayContaining(['shares-moved', 'node-drained', 'master-changed']))
    const numbers = await events.locator('b').allInnerTexts()
    expect(numbers).toEqual(numbers.map((_, i) => String(i + 1)))
  })

  test('Redis is killed: the banner counts down to when the nodes stop; it is back, and the run has not noticed', async () => {
    await openRun()
    await cluster.redis.crash()
    const banner = page.locator('[data-testid="cluster-banner"][data-kind="disconnected"]')
    await banner.waitFor(PATIENT)
    const first = await banner.innerText()
    expect(first).toMatch(/\d+ ?s/)
    await expect.poll(() => banner.innerText(), PATIENT).not.toBe(first)
    await cluster.redis.restart()
    await banner.waitFor({ state: 'detached', ...PATIENT })
    await expect.poll(achieved, PATIENT).toBeGreaterThan(RATE * 0.9)
    await expect.poll(() => page.getByTestId('run-state').innerText(), PATIENT).toContain('Running')
  })
})
