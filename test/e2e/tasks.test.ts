import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { startCountingTarget } from '../support/counting-target.ts'
import { HOSTS, open } from './host.ts'

const PATIENT = { timeout: 20_000 }

async function exportsTask(page: Page, url: string): Promise<void> {
  const elsewhere = temporaryFolder()
  try {
    await page.getByRole('button', { name: 'More actions for second' }).click()
    const [file] = await Promise.all([page.waitForEvent('download', PATIENT), page.getByRole('menuitem', { name: 'Export as a file' }).click()])
    expect(file.suggestedFilename()).toBe('second.json')
    const path = join(elsewhere.path, 'second.json')
    await file.saveAs(path)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ name: 'second', request: { url } })
    expect(await runCli(['run', path, '-Q'], { dataDir: elsewhere.path })).toMatchObject({ code: 0 })
  } finally {
    elsewhere.remove()
  }
}

test.each(HOSTS)('on the %s several tasks are run together, compared, deleted with a way back, and one is exported', async (name) => {
  const [folder, target] = [temporaryFolder(), await startCountingTarget()]
  for (const task of ['first', 'second']) await runCli(['run', target.url, '--name', task, '-r', '100', '-d', '2s', '-Q'], { dataDir: folder.path })
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  const rows = page.getByRole('checkbox')
  const running = page.getByRole('region', { name: 'Running' }).getByTestId('task-row')
  const selectBoth = async (): Promise<void> => {
    for (const task of ['first', 'second']) await page.getByRole('checkbox', { name: `Select ${task}` }).press('Space')
  }
  try {
    await page.getByRole('navigation').getByRole('link', { name: /^Tasks/ }).click()
    await expect.poll(() => rows.count(), PATIENT).toBe(2)

    const before = await target.count()
    await selectBoth()
    await page.getByTestId('run-together').press('Enter')
    await expect.poll(() => running.count(), PATIENT).toBe(2)
    await expect.poll(() => rows.count(), PATIENT).toBe(2)
    expect((await target.count()) - before).toBeGreaterThanOrEqual(2 * 200)

    await selectBoth()
    await page.getByTestId('compare-tasks').press('Enter')
    await page.getByTestId('comparison').waitFor(PATIENT)
    await page.getByRole('navigation').getByRole('link', { name: /^Tasks/ }).click()

    // On the desktop it is Electron that asks where to.
    if (name === 'console') await exportsTask(page, target.url)

    await selectBoth()
    await page.getByTestId('delete-tasks').press('Enter')
    await expect.poll(() => rows.count(), PATIENT).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => rows.count(), PATIENT).toBe(2)
  } finally {
    await host.close()
    await target.stop()
    folder.remove()
  }
})

test.each(HOSTS)('on the %s tasks of a public host that are run together ask about it once, and start with the answer', async (name) => {
  const folder = temporaryFolder()
  // Nobody has this name (RFC 6761): nothing is sent to anybody.
  for (const task of ['first', 'second']) await runCli(['run', 'http://stampede.invalid/', '--name', task, '-r', '5', '-d', '1s', '-Q'], { dataDir: folder.path })
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  const allow = page.getByRole('button', { name: 'Allow stampede.invalid and run' })
  const runs = page.getByTestId('history-row')
  try {
    await page.getByRole('navigation').getByRole('link', { name: /^Tasks/ }).click()
    for (const task of ['first', 'second']) await page.getByRole('checkbox', { name: `Select ${task}` }).press('Space')
    await page.getByTestId('run-together').press('Enter')
    await allow.waitFor(PATIENT)
    expect(await allow.count()).toBe(1)
    await allow.click()
    await page.getByRole('navigation').getByRole('link', { name: /^History/ }).click()
    await expect.poll(() => runs.count(), PATIENT).toBe(4)
  } finally {
    await host.close()
    folder.remove()
  }
})
