import { describe, expect, it } from 'vitest'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

const load = { rate: 500, duration: '30s' }
const request = { url: 'https://api.example.com/orders' }
const env = { TOKEN: 'abc' }

function read(auth: unknown, rest: object = {}): { auth: unknown; problems: string[] } {
  const parsed = parseTaskSpec({ load, request, env, auth, ...rest })
  if (parsed.ok) expect(parseTaskSpec(parsed.value)).toMatchObject({ ok: true, value: parsed.value })
  return { auth: parsed.ok ? parsed.value.auth : null, problems: parsed.ok ? [] : parsed.problems.map(({ path, message, hint }) => `${path}: ${message} ${hint}`) }
}

describe('the auth of a task', () => {
  it('is read with its defaults, and reading it again changes nothing', () => {
    expect(read({ type: 'Basic', username: 'ada', password: '{{env.TOKEN}}' }).auth).toEqual({ type: 'basic', username: 'ada', password: '{{env.TOKEN}}' })
    expect(read({ type: 'basic', username: 'ada' }).auth).toEqual({ type: 'basic', username: 'ada', password: '' })
    expect(read({ type: 'bearer', token: 'Bearer  abc ' }).auth).toEqual({ type: 'bearer', token: 'abc' })
    expect(read({ type: 'apikey', name: 'X-Api-Key', value: 'abc' }).auth).toEqual({ type: 'api-key', name: 'X-Api-Key', in: 'header', value: 'abc' })
    const oauth2 = { type: 'oauth2', tokenUrl: 'https://login.example.com/token', clientId: 'a', clientSecret: 'b' }
    expect(read(oauth2).auth).toEqual({ ...oauth2, credentialsIn: 'header' })
    expect(read({ ...oauth2, scope: 'read write', audience: 'https://api.example.com', credentialsIn: 'body' }).auth).toMatchObject({ scope: 'read write', credentialsIn: 'body' })
  })

  it('names what is wrong with it, each by its path, and never with a secret', () => {
    expect(read({ type: 'digest' }).problems).toEqual([expect.stringMatching(/^auth.type: Digest asks the server.*not supported. Known: basic, bearer, api-key, oauth2/)])
    expect(read({ type: 'ntlm' }).problems[0]).toMatch(/NTLM signs each connection/)
    expect(read({ type: 'aws-sigv4' }).problems[0]).toMatch(/computed from each request/)
    expect(read({ type: 'basics' }).problems[0]).toMatch(/Did you mean "basic"/)
    expect(read({ token: 'geheim' }).problems[0]).toMatch(/^auth: auth does not say of which type/)
    expect(read({ type: 'bearer', tokn: 'geheim' }).problems).toEqual([expect.stringContaining('auth.tokn: There is no "tokn"'), expect.stringContaining('auth.token: auth of the type bearer needs token.')])
    expect(read({ type: 'bearer', token: 'gehe\nim' }).problems).toEqual([expect.stringContaining('auth.token: The token has a line break')])
    expect(read({ type: 'basic', username: 'a:b', password: 'geheim' }).problems[0]).toMatch(/no colon/)
    expect(read({ type: 'api-key', name: 'content-length', value: 'geheim' }).problems[0]).toMatch(/^auth.name: content-length cannot be set by hand/)
    expect(read({ type: 'api-key', name: 'k', in: 'cookie', value: 'geheim' }).problems[0]).toMatch(/^auth.in: in cannot be "cookie"/)
    expect(read({ type: 'oauth2', tokenUrl: 'ftp://x', clientId: 'a', clientSecret: 'geheim' }).problems[0]).toMatch(/^auth.tokenUrl: The token endpoint: ftp:\/\/ is not supported/)
    expect(read({ type: 'bearer', token: '{{env.OTHER}}' }).problems[0]).toMatch(/^auth.token: env has no value for "OTHER"/)
    expect(read({ type: 'bearer', token: 'geheim' }, { request: { ...request, headers: { authorization: 'x' } } }).problems[0]).toMatch(/^request.headers.authorization: auth sets the header/)
    expect(read({ type: 'bearer', token: 'geheim' }, { request: { url: 'tcp://127.0.0.1:1' } }).problems[0]).toMatch(/^auth: A TCP connection has no headers/)
    expect(read({ type: 'bearer', token: '{{seq}}' }, { request: { url: 'ws://127.0.0.1:1' } }).problems[0]).toMatch(/opened once/)
    expect(read({ type: 'oauth2', tokenUrl: 'https://a.example/t', clientId: '{{seq}}', clientSecret: '{{env.TOKEN}}' }).problems[0]).toMatch(/^auth.clientId: The token is fetched once/)
  })

  it('leaves a step its own header', () => {
    const parsed = parseTaskSpec({ load, steps: [{ request: { ...request, headers: { authorization: 'own' } } }, { request }], auth: { type: 'bearer', token: 'abc' } })
    expect(parsed.ok && parsed.value.auth).toEqual({ type: 'bearer', token: 'abc' })
  })

  it('of strange input is refused, not thrown at', () => {
    for (const auth of [null, 1, 'bearer', [], { type: {} }, { type: '__proto__x' }, { type: 'constructor', token: 1 }, { type: 'bearer', token: { a: 1 } }, { type: 'oauth2' }]) expect(read(auth).problems.length).toBeGreaterThan(0)
  })
})
