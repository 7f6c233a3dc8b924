import { describe, expect, it } from 'vitest'
import { guardTargets, nodeGuard } from '../../../src/main/api/target-guard.ts'
import { requireTaskSpec } from '../../../src/shared/task/task-schema.ts'

const PUBLIC = '93.184.216.34'
const NAMES: Record<string, string[]> = { 'shop.example': [PUBLIC], 'login.example': [PUBLIC], 'inner.example': ['10.0.0.5'], 'both.example': ['10.0.0.5', PUBLIC] }
const resolve = async (host: string): Promise<string[]> => NAMES[host] ?? []

/** The host that is in the way, or null. */
async function refused(task: { url?: string; transport?: object; auth?: object; steps?: string[] }, allowed: string[] = []): Promise<string | null> {
  const { url = 'http://inner.example/', steps, ...rest } = task
  const spec = requireTaskSpec({ load: { rate: 1, duration: '1s' }, ...(steps === undefined ? { request: { url } } : { steps: steps.map((one) => ({ request: { url: one } })) }), ...rest })
  const error = await guardTargets(resolve)(spec, allowed).then(() => null, (caught: { problems: { value?: string }[] }) => caught)
  const ofNode = await nodeGuard(async () => allowed, resolve)(spec).then(() => null, (caught: Error) => caught)
  expect(ofNode === null).toBe(error === null)
  return error?.problems[0]?.value ?? null
}

describe('a public host needs a word of permission', () => {
  it('whether it is the target, or stands behind its name, or is one of several', async () => {
    expect(await refused({ url: 'https://shop.example/' })).toBe('shop.example')
    expect(await refused({ url: 'https://shop.example/' }, ['shop.example'])).toBeNull()
    expect(await refused({})).toBeNull()
    expect(await refused({ url: 'http://both.example/' })).toBe('both.example')
    expect(await refused({ url: 'http://unknown.example/' })).toBe('unknown.example')
    expect(await refused({ steps: ['http://inner.example/', 'http://shop.example/'] })).toBe('shop.example')
  })

  it('where connections really go, not where the name would lead', async () => {
    expect(await refused({ url: 'https://inner.example/', transport: { resolve: [`inner.example:443:${PUBLIC}`] } })).toBe(PUBLIC)
    expect(await refused({ url: 'https://inner.example/', transport: { resolve: [`inner.example:443:${PUBLIC}`] } }, ['inner.example'])).toBe(PUBLIC)
    expect(await refused({ url: 'https://inner.example/', transport: { resolve: [`inner.example:443:10.0.0.1,${PUBLIC}`] } })).toBe(PUBLIC)
    expect(await refused({ url: 'https://inner.example/', transport: { connectTo: ['::shop.example:'] } })).toBe('shop.example')
    expect(await refused({ url: 'https://inner.example/', transport: { connectTo: ['::[2606:2800::1]:'] } }, ['inner.example'])).toBe('2606:2800::1')
    expect(await refused({ url: 'https://shop.example/', transport: { resolve: ['shop.example:443:127.0.0.1'] } })).toBeNull()
    expect(await refused({ url: 'https://shop.example/', transport: { resolve: ['shop.example:80:127.0.0.1'] } })).toBe('shop.example')
    expect(await refused({ url: 'https://shop.example/', transport: { connectTo: ['shop.example:443:inner.example:8443'] } })).toBeNull()
  })

  it('also to be asked for a token, and to stand between as a proxy', async () => {
    const auth = { type: 'oauth2', tokenUrl: 'https://login.example/token', clientId: 'a', clientSecret: 'b' }
    expect(await refused({ auth })).toBe('login.example')
    expect(await refused({ auth }, ['login.example'])).toBeNull()
    expect(await refused({ auth, transport: { connectTo: ['login.example::127.0.0.1:8080'] } })).toBeNull()
    expect(await refused({ transport: { proxy: 'http://me:secret@shop.example:3128' } })).toBe('shop.example')
  })
})
