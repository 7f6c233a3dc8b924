import { describe, expect, it, onTestFinished } from 'vitest'
import { tryOnce } from '../../../../src/main/engine/try-once.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'
import { startShop } from '../../../support/shop.ts'

async function tried(steps: (url: string) => object[], more: object = {}) {
  const shop = await startShop()
  onTestFinished(shop.stop)
  return { shop, result: await tryOnce(requireTaskSpec({ load: { rate: 1, duration: '1s' }, steps: steps(shop.url), ...more })) }
}

describe('steps tried once', () => {
  it('each tells its exchange and what it extracted, without its pause', async () => {
    const { shop, result } = await tried((url) => [
      { name: 'login', thinkTime: '10m', request: { method: 'POST', url: `${url}/login`, body: '{"user":"ada"}' }, extract: { token: '$.token' } },
      { name: 'list', request: { url: `${url}/orders`, headers: { authorization: 'Bearer {{step.token}}' } }, checks: ['$.user == "ada"'], extract: { id: '$.orders[0].id' } },
    ])
    expect(shop.book.mixed).toEqual([])
    expect(result).toMatchObject({ ok: true, status: 200, lane: { lane: 'http1' }, checks: [{ expression: '$.user == "ada"', ok: true, actual: '"ada"' }, { expression: 'status < 400', ok: true }] })
    expect(result.steps).toMatchObject([
      { name: 'login', ok: true, method: 'POST', url: `${shop.url}/login`, status: 200, extracted: { token: 'token of ada.0' }, error: null },
      { name: 'list', ok: true, method: 'GET', url: `${shop.url}/orders`, extracted: { id: 'ada-1' } },
    ])
    expect(result.steps![0]!.body).toContain('"token"')
    expect(result.steps![0]!.timings.connectMs).not.toBeNull()
    expect(result.steps![1]!.timings.connectMs).toBeNull()
  })

  it('it ends with the step that fails, and says why', async () => {
    const { result } = await tried((url) => [{ name: 'a', request: { url: `${url}/status?of=200` }, extract: { id: '$.id' } }, { name: 'b', request: { url: `${url}/status?of=200` } }])
    expect(result).toMatchObject({ ok: false, error: { kind: 'check', message: 'nothing found for id ($.id)' }, steps: [{ name: 'a', ok: false, status: 200 }] })
    const gone = await tried(() => [{ name: 'gone', request: { url: 'http://127.0.0.1:1/' } }])
    expect(gone.result).toMatchObject({ ok: false, status: null, error: { kind: 'refused' } })
  })

  it('where a run draws one of them, each is tried', async () => {
    const { result } = await tried((url) => [500, 200].map((of) => ({ name: `s${of}`, request: { url: `${url}/status?of=${of}` } })), { stepOrder: 'weighted' })
    expect(result.steps!.map(({ name, ok }) => [name, ok])).toEqual([['s500', false], ['s200', true]])
    expect(result.ok).toBe(false)
  })
})
