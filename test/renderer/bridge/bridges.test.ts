import { expect, test } from 'vitest'
import { reactive } from 'vue'
import { createHttpBridge, type EventStream } from '../../../src/renderer/src/bridge/http.ts'
import { createIpcBridge } from '../../../src/renderer/src/bridge/ipc.ts'
import type { Bridge } from '../../../src/shared/contract/rpc.ts'

const stream = (): EventStream & { send: (name: string, data: string) => void } => {
  const target = new EventTarget()
  return {
    addEventListener: (name, hear) => target.addEventListener(name, hear as EventListener),
    removeEventListener: (name, hear) => target.removeEventListener(name, hear as EventListener),
    send: (name, data) => void target.dispatchEvent(new MessageEvent(name, { data })),
  }
}

const answering = (status: number, body: string): typeof fetch => () => Promise.resolve(new Response(body, { status }))

test('a command over HTTP is one POST with JSON', async () => {
  const sent: unknown[] = []
  const bridge = createHttpBridge('http://h/', (url, init) => {
    sent.push(url, init?.method, init?.body)
    return Promise.resolve(new Response('{"id":"t1"}'))
  }, stream)
  expect(await bridge.invoke('task.get', { id: 't1' })).toEqual({ id: 't1' })
  expect(sent).toEqual(['http://h/api/task.get', 'POST', '{"id":"t1"}'])
})

test('a refusal over HTTP keeps its code, its hint and its problems', async () => {
  const bridge = createHttpBridge('/', answering(400, '{"code":"bad-input","message":"No.","hint":"Try x.","problems":[{"path":"load.rate","message":"m"}]}'), stream)
  await expect(bridge.invoke('task.list', {})).rejects.toMatchObject({ code: 'bad-input', hint: 'Try x.', problems: [{ path: 'load.rate' }] })
})

test('an answer that is not ours and no answer at all are said in words', async () => {
  await expect(createHttpBridge('/', answering(502, '<html>'), stream).invoke('task.list', {})).rejects.toThrow('status 502')
  await expect(createHttpBridge('/', () => Promise.reject(new TypeError('fetch failed')), stream).invoke('task.list', {})).rejects.toThrow('Is it still running?')
})

test('facts come over one stream, until one stops listening', () => {
  const source = stream()
  let opened = 0
  const bridge = createHttpBridge('/', answering(200, '{}'), () => (opened++, source))
  const heard: string[] = []
  const stop = bridge.on('task:changed', ({ id }) => heard.push(id))
  bridge.onReset(() => heard.push('reset'))
  source.send('task:changed', '{"id":"a"}')
  source.send('reset', '{}')
  stop()
  source.send('task:changed', '{"id":"b"}')
  expect([opened, heard]).toEqual([1, ['a', 'reset']])
})

test('the desktop bridge sends plain data, as proxies cannot cross the process border', async () => {
  const sent: unknown[] = []
  const exposed = { invoke: (_: string, input: unknown) => Promise.resolve(sent.push(structuredClone(input))), on: () => () => undefined } as unknown as Bridge
  await createIpcBridge(exposed).invoke('task.create', { spec: reactive({ name: 'x', load: { rate: 5 } }) })
  expect(sent).toEqual([{ spec: { name: 'x', load: { rate: 5 } } }])
})

test('the desktop bridge turns a refusal as data into an AppError', async () => {
  // What the preload script does: Electron strips an Error of its fields.
  const refusal = { code: 'conflict', message: 'It runs already.' }
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  const exposed = { invoke: () => Promise.reject(refusal), on: () => () => undefined } as unknown as Bridge
  await expect(createIpcBridge(exposed).invoke('task.list', {})).rejects.toMatchObject({ name: 'AppError', code: 'conflict' })
})
