import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp, type App } from '../../../src/main/app.ts'
import { BUNDLE_SCHEMA } from '../../../src/shared/results/run-bundle.ts'
import { until } from '../../support/until.ts'

const entries = {
  cli: new URL('../../../src/main/cli.ts', import.meta.url),
  thread: new URL('../../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../../src/main/engine/ticker-thread.ts', import.meta.url),
  importer: new URL('../../../src/main/imports/import-thread.ts', import.meta.url),
}
let server: Server
let here: App
let elsewhere: App
let written: string
let runId: string

beforeAll(async () => {
  server = createServer((_request, response) => void response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  here = await createApp({ entries, memoryStore: true })
  elsewhere = await createApp({ entries, memoryStore: true })
  const { id } = await here.api['task.create']({ spec: { name: 'orders', request: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, headers: { authorization: 'Bearer {{env.TOKEN}}' } }, env: { TOKEN: 's3cret' }, load: { rate: 20, duration: '1s' }, tags: { git: '8f21c' } } })
  const ended = new Promise<void>((resolve) => void here.on('run:changed', ({ run }) => { if (run.endedAt !== null) resolve() }))
  runId = (await here.api['task.start']({ id })).runId
  await ended
  await until('the stored summary', () => here.api['run.export']({ id: runId }).then(() => true, () => false))
  written = JSON.stringify(await here.api['run.export']({ id: runId }))
})
afterAll(async () => {
  await Promise.all([here.close(), elsewhere.close()])
  server.closeAllConnections()
  server.close()
})

describe('a run as a file', () => {
  test('is the same run on another machine, once', async () => {
    expect(await elsewhere.api['run.import']({ text: written })).toEqual({ id: runId, known: false })
    expect(await elsewhere.api['run.import']({ text: written })).toEqual({ id: runId, known: true })
    const [mine, theirs] = await Promise.all([here.api['run.summary']({ id: runId }), elsewhere.api['run.summary']({ id: runId })])
    expect(theirs).toEqual(mine)
    expect((await elsewhere.api['run.list']({})).map(({ id, tags }) => ({ id, tags }))).toEqual([{ id: runId, tags: { git: '8f21c' } }])
    expect((await elsewhere.api['run.points']({ id: runId })).points).toEqual((await here.api['run.points']({ id: runId })).points)
  })

  test('tells no secrets', () => {
    expect(written).not.toContain('s3cret')
  })

  test.each([
    ['no JSON', 'not a run'],
    ['another document', '{"schema":"stampede.task/1"}'],
    ['nothing', ''],
    ['a run without its summary', JSON.stringify({ schema: BUNDLE_SCHEMA, run: {} })],
  ])('is refused when it is %s', async (_, text) => {
    await expect(elsewhere.api['run.import']({ text })).rejects.toMatchObject({ code: 'bad-input' })
  })

  test('is refused with figures that are none, a task that is none, or keys that play tricks in its place', async () => {
    const bundle = JSON.parse(written) as { run: object; summary: { points: object[] } }
    const changed = (change: object): string => JSON.stringify({ ...bundle, ...change })
    await expect(elsewhere.api['run.import']({ text: changed({ summary: { ...bundle.summary, points: [{ ...bundle.summary.points[0], p99: '<b>1</b>' }] } }) })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(elsewhere.api['run.import']({ text: changed({ run: { ...bundle.run, spec: { request: { url: 'javascript:1' } } } }) })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(elsewhere.api['run.import']({ text: written.replace('"tags":{', '"tags":{"__proto__":"x",') })).resolves.toMatchObject({ known: true })
  })
})
