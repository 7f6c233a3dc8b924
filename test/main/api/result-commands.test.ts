import { afterEach, beforeEach, expect, test } from 'vitest'
import { resultCommands } from '../../../src/main/api/result-commands.ts'
import { exportRun } from '../../../src/main/report/exports.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import { openRunOf, specOf } from '../../contract/fixtures.ts'
import { syntheticSummary } from '../report/report-run.ts'

let tasks: TaskStore

beforeEach(async () => {
  tasks = openSqliteTaskStore(':memory:')
  for (const [i, id] of ['one', 'two', 'three'].entries()) {
    const summary = syntheticSummary(60)
    await tasks.openRun(openRunOf(id, 'task', { startedAt: 1000 + i, spec: specOf({ load: { rate: 100 + i, duration: '10s' } }) }))
    await tasks.appendPoints(id, summary.points, [])
    await tasks.closeRun(id, { ...summary, run: { ...summary.run, id, taskId: 'task' } })
  }
})
afterEach(() => tasks.close())

const commands = () => resultCommands({
  tasks,
  live: { view: () => null, views: () => [], summary: () => null, points: async () => null },
  exportRun: (format, source, language) => exportRun(format, source, { language }),
})

test('a task has one baseline, and its reports are measured by it', async () => {
  await commands()['run.setBaseline']({ id: 'one' })
  await commands()['run.setBaseline']({ id: 'two' })
  expect((await tasks.runs({})).filter(({ baseline }) => baseline === true).map(({ id }) => id)).toEqual(['two'])
  const { text, fileName, mediaType } = await commands()['run.report']({ id: 'three', language: 'zh-CN' })
  expect(text).toContain('<section class="card" aria-labelledby="against"><h3 id="against">与基线比较')
  expect([fileName, mediaType]).toEqual(['checkout-api-three.html', 'text/html'])
  expect((await commands()['run.report']({ id: 'two' })).text).not.toContain('aria-labelledby="against"')
  await commands()['run.setBaseline']({ id: 'two', on: false })
  expect((await commands()['run.report']({ id: 'three', format: 'md' })).text).not.toContain('Baseline')
})

test('runs are compared with what was set differently', async () => {
  const comparison = await commands()['run.compare']({ ids: ['one', 'three'] })
  expect(comparison).toMatchObject({ verdict: 'within-noise', comparable: true, differences: [{ path: 'load.rate', values: ['100', '102'] }] })
  await expect(commands()['run.compare']({ ids: ['one', 'nobody'] })).rejects.toMatchObject({ code: 'not-found' })
})
