import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bridge } from '../../src/shared/contract/rpc.ts'
import { HOSTS, open, type Host } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 20_000 }
let folder: string
let host: Host | null

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stampede-open-'))
  host = null
})
afterEach(async () => {
  await host?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Drops a file with this text on the window, as a browser does. */
async function drop({ page }: Host, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(([file, content]) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([content!], file!))
    return transfer
  }, [name, text])
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data })
  await page.getByTestId('drop-target').waitFor(PATIENT)
  await page.dispatchEvent('main', 'drop', { dataTransfer: data })
}

test('links fill in a form and change nothing; files that the system opens become a task', async () => {
  host = await open('desktop')
  const { page, app } = host
  await page.getByTestId('run-button').waitFor(PATIENT)
  const second = (args: string[]): Promise<unknown> => app!.evaluate(({ app: electron }, given) => electron.emit('second-instance', {}, ['stampede', ...given], '/'), args)

  await second(['stampede://task?url=http%3A%2F%2F127.0.0.1%3A9%2Forders&method=POST&rate=250&duration=1m'])
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe('http://127.0.0.1:9/orders')

  await second(['stampede://join?address=redis://10.0.0.5:6379&namespace=perf'])
  await page.getByTestId('join-offer').waitFor(PATIENT)
  const settings = (): Promise<{ mode: string; address: string }> => page.evaluate(async () => (await (window as unknown as { stampede: Bridge }).stampede.invoke('settings.get', {})).cluster)
  expect(await settings()).toMatchObject({ mode: 'local', address: '' })
  await page.getByTestId('join-fill').click()
  await expect.poll(settings, PATIENT).toMatchObject({ mode: 'redis', address: 'redis://10.0.0.5:6379' })

  await writeFile(join(folder, 'request.curl'), "curl -X PUT http://127.0.0.1:9/item -d 'x=1'")
  await app!.evaluate(({ app: electron }, path) => electron.emit('open-file', { preventDefault() {} }, path), join(folder, 'request.curl'))
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe('http://127.0.0.1:9/item')
  const runs = await page.evaluate(async () => (window as unknown as { stampede: Bridge }).stampede.invoke('run.list', {}))
  expect(runs).toEqual([])
})

test('File, Open asks the system for files, and opens what was chosen', async () => {
  host = await open('desktop', { locale: 'en' })
  const { page, app, what } = host
  if (!what.startsWith('stand-in')) return
  await page.getByTestId('run-button').waitFor(PATIENT)
  await writeFile(join(folder, 'chosen.curl'), 'curl http://127.0.0.1:9/chosen')
  const choose = (filePaths: string[]): Promise<void> => app!.evaluate((electron, paths) => {
    const { standin, Menu } = electron as typeof electron & { standin: { answers: unknown[] } }
    standin.answers.push({ canceled: paths.length === 0, filePaths: paths })
    Menu.getApplicationMenu()?.getMenuItemById('open-files')?.click()
  }, filePaths)
  await choose([])
  await choose([join(folder, 'chosen.curl')])
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe('http://127.0.0.1:9/chosen')
})

test.each(HOSTS)('files dropped on the window of the %s open: a cURL command or a recording as a task, anything else is told to be nothing', async (name) => {
  host = await open(name)
  const { page } = host
  await page.getByTestId('run-button').waitFor(PATIENT)
  await drop(host, 'request.sh', 'curl http://127.0.0.1:9/dropped')
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe('http://127.0.0.1:9/dropped')
  await drop(host, 'shop.har', JSON.stringify({ log: { entries: ['http://127.0.0.1:9/one', 'http://127.0.0.1:9/two', 'http://127.0.0.1:9/app.css'].map((url) => ({ request: { method: 'GET', url, headers: [] }, response: { status: 200 } })) } }))
  await page.getByTestId('import-strip').getByText('Filled from HAR: 2 requests.').waitFor(PATIENT)
  await page.getByTestId('import-strip').getByText('GET /app.css').waitFor(PATIENT)
  await page.getByTestId('choose-requests').click()
  const requests = page.getByTestId('import-request')
  await expect.poll(() => requests.count(), PATIENT).toBe(3)
  expect(await Promise.all([0, 1, 2].map((i) => requests.nth(i).isChecked()))).toEqual([true, true, false])
  await requests.nth(0).uncheck()
  await requests.nth(2).check()
  await page.getByTestId('import-server').click()
  await page.getByRole('option', { name: 'another address' }).click()
  await page.getByTestId('import-address').fill('nowhere at all')
  await page.getByTestId('import-take').click()
  await page.getByTestId('import-choice').getByRole('alert').waitFor(PATIENT)
  await page.getByTestId('import-address').fill('http://127.0.0.1:8/base')
  await page.getByTestId('import-take').click()
  await page.getByTestId('import-choice').waitFor({ ...PATIENT, state: 'detached' })
  await expect.poll(() => page.getByTestId('step-strip').innerText(), PATIENT).toMatch(/\/two[\s\S]*\/app\.css/)
  expect(await page.getByTestId('url-input').inputValue()).toBe('http://127.0.0.1:8/base/two')
  expect(await page.getByTestId('import-strip').innerText()).toContain('GET /one')
  await drop(host, 'notes.txt', 'Dear diary, nothing happened today.')
  await page.getByText('notes.txt is nothing that Stampede can open.').waitFor(PATIENT)
})
