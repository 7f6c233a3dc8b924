import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tryOnce } from '../../../src/main/engine/try-once.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'
import { GOOD } from '../../conformance/answers.ts'
import { HostileServer } from '../../conformance/hostile-server.ts'
import { specOf } from '../../conformance/lane-driver.ts'

const server = new HostileServer()
beforeAll(() => server.listen())
afterAll(() => server.close())

function spec(more: Partial<TaskSpec> = {}, headers: Record<string, string> = {}): TaskSpec {
  return { ...specOf({ url: `http://127.0.0.1:${server.port}/`, request: { headers } }), ...more }
}

describe('trying a task once', () => {
  it('tells head, body, phases and every check', async () => {
    server.behave(GOOD)
    const result = await tryOnce(spec({ checks: ['status == 200', 'body contains "goo"', 'header x-none exists'] }))
    expect(result).toMatchObject({ lane: { lane: 'http1' }, ok: false, status: 200, body: 'good', bodyBytes: 4, truncated: false, error: null })
    expect(result.head).toContain('HTTP/1.1 200 OK\r\n')
    expect(result.checks).toEqual([
      { expression: 'status == 200', ok: true, actual: '200' },
      { expression: 'body contains "goo"', ok: true, actual: 'good' },
      { expression: 'header x-none exists', ok: false, actual: '' },
    ])
    expect(result.timings).toMatchObject({ dnsMs: null, tlsMs: null })
    expect(result.timings.totalMs).toBeGreaterThanOrEqual(result.timings.firstByteMs!)
  })

  it('judges the status although no check speaks of it', async () => {
    server.behave([{ write: 'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n' }])
    expect(await tryOnce(spec())).toMatchObject({ ok: false, status: 500, checks: [{ expression: 'status < 400', ok: false, actual: '500' }] })
  })

  it('shows a compressed body as text, on the raw lane as well', async () => {
    const zipped = gzipSync('readable')
    server.behave([{ write: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`), zipped]) }])
    expect(await tryOnce(spec({}, { 'Accept-Encoding': 'gzip' }))).toMatchObject({ lane: { lane: 'http1' }, body: 'readable', bodyBytes: 8 })
    expect(await tryOnce(spec({ checks: ['body == "readable"'] }, { 'Accept-Encoding': 'gzip' }))).toMatchObject({ lane: { lane: 'undici' }, ok: true, body: 'readable' })
  })

  it('cuts a long body and says how long it was', async () => {
    server.behave([{ write: `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}` }])
    const result = await tryOnce(spec())
    expect(result).toMatchObject({ truncated: true, body: 'x'.repeat(65_536) })
    expect(result.bodyBytes).toBeGreaterThanOrEqual(100_000)
  })

  it('returns a failed request as a result', async () => {
    server.behave([{ write: 'nonsense\r\n\r\n' }])
    expect(await tryOnce(spec())).toMatchObject({ ok: false, status: null, body: '', checks: [], error: { kind: 'protocol' } })
  })

  it('gives up after the timeout of the task', async () => {
    server.behave([])
    const task = spec()
    expect(await tryOnce({ ...task, transport: { ...task.transport, timeout: '100ms' } })).toMatchObject({ ok: false, error: { kind: 'timeout' } })
  })

  it('throws for a task that cannot be sent', async () => {
    await expect(tryOnce(spec({}, { 'X-Evil': 'a\r\nb: c' }))).rejects.toMatchObject({ code: 'bad-input' })
  })
})
