import http2 from 'node:http2'
import { describe, expect, it } from 'vitest'
import { decideLane } from '../../../src/main/engine/lane-decision.ts'
import { compileRequest } from '../../../src/main/engine/request/template.ts'
import { tryOnce } from '../../../src/main/engine/try-once.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'
import { GOOD } from '../../conformance/answers.ts'
import { HostileServer } from '../../conformance/hostile-server.ts'
import { specOf } from '../../conformance/lane-driver.ts'
import { certificates } from '../../support/certificates.ts'
import { closing, portOf } from '../../support/closing.ts'

const made = certificates()
async function http2Port(): Promise<number> {
  const server = http2.createSecureServer({ ...made.good }, (_, response) => response.end('two'))
  closing(server)
  server.on('session', (session) => closing({ close: () => session.destroy() }))
  return portOf(server)
}

async function hostile(): Promise<HostileServer> {
  return closing(await new HostileServer().listen())
}

function taskFor(port: number, cacert: string | null = made.ca): TaskSpec {
  return specOf({ url: `https://127.0.0.1:${port}/`, transport: cacert === null ? {} : { cacert } })
}

function decide(spec: TaskSpec): ReturnType<typeof decideLane> {
  return decideLane(spec, compileRequest(spec))
}

describe('deciding on a lane', () => {
  it('takes HTTP/2 from a server that speaks it', async () => {
    expect(await decide(taskFor(await http2Port()))).toEqual({ lane: 'http2', reason: 'the server speaks HTTP/2' })
  })

  it('takes HTTP/1.1 from a server that prefers it, or knows of no choice', async () => {
    const server = await hostile()
    server.greeting = { certificate: made.good, alpn: 'http/1.1' }
    expect(await decide(taskFor(server.port))).toEqual({ lane: 'http1', reason: 'the server does not speak HTTP/2' })
    server.greeting = { certificate: made.good }
    expect(await decide(taskFor(server.port))).toEqual({ lane: 'http1', reason: 'the server does not speak HTTP/2' })
  })

  it('does not ask where the task has decided', async () => {
    const server = await hostile()
    server.greeting = { certificate: made.good }
    const spec = taskFor(server.port)
    expect(await decide({ ...spec, transport: { ...spec.transport, protocol: 'http1' } })).toMatchObject({ lane: 'http1' })
    expect(server.open).toBe(0)
  })

  it('goes on with HTTP/1.1 when the server cannot be asked, and says why', async () => {
    const port = await http2Port()
    expect(await decide(taskFor(port, null))).toMatchObject({ lane: 'http1', reason: expect.stringContaining('certificate') })
    expect(await decide(taskFor(9))).toMatchObject({ lane: 'http1', reason: expect.stringContaining('refused') })
    const server = await hostile()
    server.greeting = 'silent'
    expect(await decide(taskFor(server.port))).toMatchObject({ lane: 'http1', reason: expect.stringContaining('no answer in time') })
    expect(server.open).toBeLessThanOrEqual(1)
  })

  it('holds for a task that is tried once', async () => {
    const result = await tryOnce(taskFor(await http2Port()))
    expect(result).toMatchObject({ lane: { lane: 'http2' }, ok: true, status: 200, body: 'two' })
    expect(result.head).toMatch(/^HTTP\/2 200\r\n/)
    expect(result.timings.tlsMs).toBeGreaterThan(0)
  })

  it('leaves HTTP/1.1 servers to the lane of HTTP/1.1', async () => {
    const server = await hostile()
    server.greeting = { certificate: made.good }
    server.behave(GOOD)
    expect(await tryOnce(taskFor(server.port))).toMatchObject({ lane: { lane: 'http1' }, ok: true, body: 'good' })
  })
})
