import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Electron from 'electron'
import type { ElectronApplication } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bridge } from '../../src/shared/contract/rpc.ts'
import { open, type Host } from './host.ts'

/** What only the stand-in has; on a real Electron these looks are skipped. */
interface Standin {
  blockers: Set<number>
  answers: unknown[]
  notifications: unknown[]
  opened: string[]
  dialogs: { kind: string; options: { message: string } }[]
  trays: Set<{ toolTip: string; menu: Electron.Menu }>
}
type Looked = typeof Electron & { standin?: Standin }

/** A busy machine is no failure. */
const PATIENT = { timeout: 15_000 }

let dataDir: string
let server: Server
let host: Host | null

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stampede-e2e-'))
  server = createServer((_request, response) => void response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = null
})

afterEach(async () => {
  await host?.close()
  server.closeAllConnections()
  server.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

async function openDesktop(locale?: string): Promise<{ app: ElectronApplication; page: Host['page']; isStandin: boolean }> {
  host = await open('desktop', { dataDir, ...(locale === undefined ? {} : { locale }) })
  return { app: host.app as ElectronApplication, page: host.page, isStandin: host.what.startsWith('stand-in') }
}

/** Starts a run of a minute by the page's own bridge and waits until it sends. */
function startRun(page: Host['page']): Promise<{ taskId: string; runId: string }> {
  const spec = { name: 'long one', request: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }, load: { rate: 20, duration: '60s' } }
  return page.evaluate(async (wanted) => {
    const { stampede } = window as unknown as { stampede: Bridge }
    const { id } = await stampede.invoke('task.create', { spec: wanted })
    const sending = new Promise((resolve) => stampede.on('run:point', resolve))
    const { runId } = await stampede.invoke('task.start', { id })
    await sending
    return { taskId: id, runId }
  }, spec)
}

function stopFromTray(app: ElectronApplication, taskId: string): Promise<void> {
  return app.evaluate((electron, id) => {
    const [tray] = (electron as Looked).standin?.trays ?? []
    tray?.menu.getMenuItemById(`stop:${id}`)?.click()
  }, taskId)
}

const isVisible = (app: ElectronApplication): Promise<boolean | undefined> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())

test('while a run is on, the machine is kept awake, the title tells, and closing the window only hides it', async () => {
  const { app, page, isStandin } = await openDesktop()
  const { taskId } = await startRun(page)
  const title = (): Promise<string | undefined> => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())
  await expect.poll(title, PATIENT).toMatch(/^● .*long one$/)
  const blockers = (): Promise<number | undefined> => app.evaluate((electron) => (electron as Looked).standin?.blockers.size)
  if (isStandin) expect(await blockers()).toBe(1)
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  expect(await isVisible(app)).toBe(false)
  await page.evaluate((id) => (window as unknown as { stampede: Bridge }).stampede.invoke('task.stop', { id }), taskId)
  await expect.poll(() => isVisible(app), PATIENT).toBe(true)
  expect(await title()).toBe('Stampede')
  if (isStandin) expect(await blockers()).toBe(0)
})

test('quitting during a run asks: cancel changes nothing, keeping it running hides the window, stopping stores what was measured', async () => {
  const { app, page, isStandin } = await openDesktop()
  if (!isStandin) return
  const { runId } = await startRun(page)
  const answer = (response: number): Promise<void> => app.evaluate((electron, wanted) => {
    (electron as Looked).standin?.answers.push({ response: wanted })
    electron.app.quit()
  }, response)
  await answer(2)
  const asked = (): Promise<string[] | undefined> => app.evaluate((electron) => (electron as Looked).standin?.dialogs.map(({ options }) => options.message))
  await expect.poll(asked, PATIENT).toEqual(['long one: still running. Quit?'])
  expect(await isVisible(app)).toBe(true)
  await answer(1)
  await expect.poll(() => isVisible(app), PATIENT).toBe(false)
  const ended = app.waitForEvent('close')
  await answer(0)
  await ended
  const again = await openDesktop()
  const summary = await again.page.evaluate((id) => (window as unknown as { stampede: Bridge }).stampede.invoke('run.summary', { id }), runId)
  expect(summary.imbalance).toBeNull()
  expect(summary.ledger.started).toBeGreaterThan(0)
})

test('the notification area shows a run while it goes, and can stop it; whoever looks elsewhere is told of its end', async () => {
  const { app, page, isStandin } = await openDesktop()
  if (!isStandin) return
  const { taskId } = await startRun(page)
  const trays = (): Promise<{ toolTip: string; items: string[] }[]> => app.evaluate((electron) => [...((electron as Looked).standin?.trays ?? [])].map(({ toolTip, menu }) => ({ toolTip, items: menu.items.map(({ label }) => label) })))
  await expect.poll(trays, PATIENT).toMatchObject([{ toolTip: expect.stringMatching(/^long one {2}\d+(\.\d+)? \/ 20\/s$/), items: expect.arrayContaining(['Stop long one', 'Open Stampede']) }])
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await expect.poll(() => isVisible(app), PATIENT).toBe(false)
  await stopFromTray(app, taskId)
  await expect.poll(trays, PATIENT).toEqual([])
  const told = (): Promise<unknown[]> => app.evaluate((electron) => (electron as Looked).standin?.notifications ?? [])
  await expect.poll(told, PATIENT).toEqual([{ title: 'long one', body: expect.stringMatching(/^(Stopped|Finished|Not trustworthy)/) }])
})

test('what the settings say of notifications and of sleep holds at once, and the data folder is a click away', async () => {
  const { app, page, isStandin } = await openDesktop('en')
  if (!isStandin) return
  const blockers = (): Promise<number> => app.evaluate((electron) => (electron as Looked).standin?.blockers.size ?? 0)
  const notifications = (): Promise<unknown[]> => app.evaluate((electron) => (electron as Looked).standin?.notifications ?? [])
  const opened = (): Promise<string[]> => app.evaluate((electron) => (electron as Looked).standin?.opened ?? [])
  const { taskId } = await startRun(page)
  await expect.poll(blockers, PATIENT).toBe(1)

  await page.keyboard.press('ControlOrMeta+,')
  await page.getByRole('switch', { name: /^Keep this machine awake/ }).click()
  await expect.poll(blockers, PATIENT).toBe(0)
  await page.getByRole('switch', { name: /^Tell of the end/ }).click()
  await expect.poll(() => page.getByRole('switch', { name: /^Tell of the end/ }).getAttribute('aria-checked'), PATIENT).toBe('false')
  expect(await page.getByTestId('data-folder').innerText()).toBe(dataDir)
  await page.getByTestId('show-data').click()
  await expect.poll(opened, PATIENT).toEqual([dataDir])

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await expect.poll(() => isVisible(app), PATIENT).toBe(false)
  await stopFromTray(app, taskId)
  await expect.poll(() => app.evaluate((electron) => (electron as Looked).standin?.trays.size), PATIENT).toBe(0)
  // Told in the same turn in which the tray is emptied, if at all.
  expect(await notifications()).toEqual([])
})

test('a page that crashed comes back, and the run goes on meanwhile', async () => {
  const { app, page, isStandin } = await openDesktop()
  const { runId } = await startRun(page)
  await page.evaluate(() => Object.assign(window, { isTheOldOne: true }))
  await app.evaluate(({ BrowserWindow }, simulated) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    if (simulated) contents?.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
    else contents?.forcefullyCrashRenderer()
  }, isStandin)
  // In between there is no page to ask.
  const ofNewPage = (): Promise<unknown> => page.evaluate(async (id) => ('isTheOldOne' in window ? null : (await (window as unknown as { stampede: Bridge }).stampede.invoke('run.get', { id })).run), runId).catch(() => null)
  await expect.poll(ofNewPage, PATIENT).toMatchObject({ endedAt: null })
})

test('a page that is not ours gets no answer, although it is in our window', async () => {
  const { page } = await openDesktop()
  await page.goto('data:text/html,<h1>elsewhere</h1>')
  const refusal = await page.evaluate(() => (window as unknown as { stampede: Bridge }).stampede.invoke('task.list', {}).catch((error: unknown) => error))
  expect(refusal).toMatchObject({ code: 'unauthorized' })
})

test('the window opens where it was left', async () => {
  const first = await openDesktop()
  const bounds = { x: 120, y: 80, width: 1200, height: 800 }
  await first.app.evaluate(({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted), bounds)
  await host?.close()
  const again = await openDesktop()
  expect(await again.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())).toEqual(bounds)
})

test('menus speak the language of the system, and follow the settings at once', async () => {
  const { app, page } = await openDesktop('zh-CN')
  const labels = (): Promise<string[] | undefined> => app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label))
  expect(await labels()).toContain('文件')
  await page.evaluate(() => (window as unknown as { stampede: Bridge }).stampede.invoke('settings.set', { language: 'en', theme: 'dark' }))
  expect(await labels()).toContain('File')
  expect(await app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
})
