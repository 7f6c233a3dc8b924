import http from 'node:http'
import https from 'node:https'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { fetchToken } from '../../../src/main/engine/request/access-token.ts'
import { tryOnce } from '../../../src/main/engine/try-once.ts'
import type { AppError } from '../../../src/shared/errors.ts'
import type { OAuth2Spec, TaskSpec } from '../../../src/shared/task/task.ts'
import { specOf } from '../../conformance/lane-driver.ts'
import { certificates } from '../../support/certificates.ts'
import { closing, portOf } from '../../support/closing.ts'
import { runTask } from '../../support/engine-run.ts'

const made = certificates()
const SECRET = 'gehe&im:1'

interface Server {
  url: string
  /** Requests for a token, as they came. */
  asked: { authorization: string | undefined; body: string }[]
  /** Until when each token holds. */
  holds: Map<string, number>
}

/** An authorization server that gives tokens which hold for so many seconds, or answers as told. */
async function authorizationServer(seconds: number | null = null, answer?: { status: number; body: string }, secure = false): Promise<Server> {
  const seen: Server = { url: '', asked: [], holds: new Map() }
  const listener: http.RequestListener = (request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk))).on('end', () => {
      seen.asked.push({ authorization: request.headers.authorization, body })
      const token = `token-${seen.asked.length}`
      seen.holds.set(token, seconds === null ? Infinity : Date.now() + seconds * 1000)
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' })
      response.end(answer?.body ?? JSON.stringify({ access_token: token, token_type: 'bearer', ...(seconds === null ? {} : { expires_in: seconds }) }))
    })
  }
  const server = secure ? https.createServer({ ...made.wrongHost, ca: made.ca, requestCert: true, rejectUnauthorized: true }, listener) : http.createServer(listener)
  seen.url = `${secure ? 'https' : 'http'}://127.0.0.1:${await portOf(closing(server))}/token`
  return seen
}

function authOf(tokenUrl: string, more: Partial<OAuth2Spec> = {}): OAuth2Spec {
  return { type: 'oauth2', tokenUrl, clientId: 'my client', clientSecret: '{{env.SECRET}}', credentialsIn: 'header', ...more }
}

const spec: TaskSpec = { ...specOf({ url: 'http://127.0.0.1:1/' }), env: { SECRET } }

describe('a token by client credentials', () => {
  it('is asked for as RFC 6749 has it, with the credentials in the header or in the body', async () => {
    const server = await authorizationServer(30)
    expect(await fetchToken(spec, authOf(server.url, { scope: 'read write', audience: 'https://api.example.com' }))).toEqual({ text: 'token-1', lifetimeMs: 30_000 })
    await fetchToken(spec, authOf(server.url, { credentialsIn: 'body' }))
    expect(server.asked).toEqual([
      { authorization: `Basic ${Buffer.from('my+client:gehe%26im%3A1').toString('base64')}`, body: 'grant_type=client_credentials&scope=read+write&audience=https%3A%2F%2Fapi.example.com' },
      { authorization: undefined, body: 'grant_type=client_credentials&client_id=my+client&client_secret=gehe%26im%3A1' },
    ])
  })

  it('is asked for by the way of the task: its certificates, its rules for connections', async () => {
    const server = await authorizationServer(null, undefined, true)
    const port = new URL(server.url).port
    const transport = { ...spec.transport, cacert: made.ca, cert: made.client.cert, key: made.client.key, sni: 'target.example', connectTo: [`::127.0.0.1:${port}`] }
    expect(await fetchToken({ ...spec, transport }, authOf('https://other.example/token'))).toEqual({ text: 'token-1', lifetimeMs: null })
    await expect(fetchToken({ ...spec, transport: { ...transport, connectTo: [] } }, authOf(server.url))).rejects.toThrow(/No access token from https:\/\/127.0.0.1:\d+: .*ERR_TLS_CERT_ALTNAME_INVALID/)
  })

  it.each([
    ['a refusal', { status: 401, body: `{"error":"invalid_client","error_description":"bad secret ${SECRET}."}` }, /: 401, invalid_client: bad secret •••\.$/],
    ['a refusal without words', { status: 500, body: '<html>' }, /: 500\.$/],
    ['no token', { status: 200, body: '{"token":"x"}' }, /the answer holds no access_token/],
    ['no JSON', { status: 200, body: 'hello' }, /the answer holds no access_token/],
    ['a token with a line break', { status: 200, body: '{"access_token":"a\\r\\nb"}' }, /the answer holds no access_token/],
    ['a token of another type', { status: 200, body: '{"access_token":"x","token_type":"mac"}' }, /one of the type "mac", not Bearer/],
    ['a redirect', { status: 302, body: '' }, /: 302\.$/],
  ])('given %s, is missed in plain words and without the secret', async (_, answer, words) => {
    const { url } = await authorizationServer(null, answer)
    const error = await fetchToken(spec, authOf(url)).catch((caught: unknown) => caught as AppError)
    expect(error).toMatchObject({ code: 'cannot-start', message: expect.stringMatching(words) })
    expect(JSON.stringify(error)).not.toContain(SECRET)
  })

  it('that nobody gives is missed as well', async () => {
    await expect(fetchToken(spec, authOf('http://127.0.0.1:1/token'))).rejects.toThrow(/No access token from http:\/\/127.0.0.1:1: /)
  })
})

describe('a run with OAuth 2.0', () => {
  /** Lets in who shows a token that holds. */
  async function target(server: Server): Promise<{ url: string; tokens: Set<string> }> {
    const tokens = new Set<string>()
    const guarded = http.createServer((request, response) => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
      tokens.add(token)
      response.writeHead((server.holds.get(token) ?? 0) > Date.now() ? 200 : 401).end()
    })
    return { url: `http://127.0.0.1:${await portOf(closing(guarded))}/`, tokens }
  }

  it('shows each engine thread the token before it begins, and the next one before it ends: no request is refused', async () => {
    const server = await authorizationServer(2)
    const { url, tokens } = await target(server)
    const counts = await runTask(url, { load: { rate: 200, duration: '3500ms' }, threads: 2, auth: authOf(server.url), env: { SECRET } })
    expect(counts).toMatchObject({ lane: { lane: 'http1' }, completed: 700, failed: 0, statuses: { 200: 700 } })
    expect(server.asked.length).toBeGreaterThanOrEqual(3)
    expect(tokens.size).toBeGreaterThanOrEqual(2)
  })

  it('carries it on the undici lane and over WebSockets, each of which opens with the one that holds', async () => {
    const server = await authorizationServer()
    const { url, tokens } = await target(server)
    expect(await runTask(url, { load: { connections: 2, requests: 20 }, transport: { follow: true }, auth: authOf(server.url), env: { SECRET } })).toMatchObject({ lane: { lane: 'undici' }, statuses: { 200: 20 } })
    expect([...tokens]).toEqual(['token-1'])
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient: ({ req }: { req: http.IncomingMessage }) => server.holds.has(req.headers.authorization?.replace('Bearer ', '') ?? '') })
    onTestFinished(() => sockets.close())
    sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
    await once(sockets, 'listening')
    const chat = `ws://127.0.0.1:${(sockets.address() as { port: number }).port}/`
    expect(await runTask(chat, { load: { connections: 2, requests: 20 }, request: { send: 'n {{seq}}', expect: 'echo' }, auth: authOf(server.url), env: { SECRET } })).toMatchObject({ completed: 20, failed: 0 })
  })

  it('does not begin without a token, and ends when the token ends and there is no other', async () => {
    const refusing = await authorizationServer(null, { status: 403, body: '' })
    await expect(runTask('http://127.0.0.1:1/', { load: { connections: 1, requests: 1 }, auth: authOf(refusing.url), env: { SECRET } })).rejects.toMatchObject({ code: 'cannot-start', message: expect.stringContaining('403') })
    const asked: unknown[] = []
    const server = await authorizationServer(1, { get status() { return asked.push(0) === 1 ? 200 : 503 }, body: '{"access_token":"only","expires_in":1}' })
    const { url } = await target(server)
    const run = runTask(url, { load: { rate: 10, duration: '30s' }, auth: authOf(server.url), env: { SECRET } })
    await expect(run).rejects.toMatchObject({ code: 'cannot-start', message: expect.stringMatching(/^The access token ended and could not be renewed. No access token from .*: 503/) })
  })

  it('is tried once with a token, which is not shown', async () => {
    const server = await authorizationServer()
    const echo = http.createServer((request, response) => void response.setHeader('x-echo', request.headers.authorization ?? '').end(`${request.headers.authorization} ${SECRET}`))
    const url = `http://127.0.0.1:${await portOf(closing(echo))}/`
    const result = await tryOnce({ ...spec, request: { ...spec.request, url }, checks: ['body contains "x"', 'header x-echo contains "y"'], auth: authOf(server.url) })
    expect(result).toMatchObject({ status: 200, body: 'Bearer ••• •••' })
    expect(result.checks.map(({ actual }) => actual)).toEqual(expect.arrayContaining(['Bearer ••• •••', 'Bearer •••']))
    expect(JSON.stringify(result)).not.toMatch(/token-1|gehe/)
  })
})
