import { describe, expect, it } from 'vitest'
import { corpus, imported, skippedOf, takenOf } from '../imported.ts'

describe("k6's options", () => {
  it('as k6 inspect prints them become load, thresholds and transport', async () => {
    const result = await imported(corpus('inspect.k6.json'), { server: 'http://api.test/orders' })
    expect(result.spec).toMatchObject({
      load: { stages: [{ duration: '0s', target: 1 }, { duration: '30s', target: 10 }, { duration: '1m', target: 10 }], maxInFlight: 100 },
      request: { url: 'http://api.test/orders', headers: { 'user-agent': 'k6-test/1' } },
      thresholds: ['p95<500ms', 'mean<200ms', 'errors<1%', 'checks>99%'],
      transport: { insecure: true, follow: true, keepAlive: true, connectTo: ['api.test::127.0.0.1:'] },
      tags: { team: 'shop' },
    })
    expect(skippedOf(result)).toEqual({
      'scenarios.spike': 'one-scenario', 'http_req_duration: avg<200 abortOnFail': 'abort', 'http_req_duration: count>5': 'metric', 'http_req_duration{status:200}: max<1000': 'submetric', 'iteration_duration: p(95)<1000': 'metric',
      setupTimeout: 'k6-inner', batch: 'k6-inner', summaryTrendStats: 'k6-inner', systemTags: 'k6-inner',
    })
    expect(takenOf(result)).toMatchObject({ 'load.stages': { n: 3 }, thresholds: { n: 4 } })
  })

  it('end the run by a threshold where k6 ends it by each of them', async () => {
    const asked = (...ends: boolean[]) => imported({ vus: 1, duration: '1s', thresholds: { http_req_duration: ends.map((abortOnFail, i) => ({ threshold: `p(9${i})<500`, abortOnFail, ...(i === 0 ? { delayAbortEval: '10s' } : {}) })) } }, { format: 'k6', server: 'http://127.0.0.1/' })
    const all = await asked(true, true)
    expect(all.spec).toMatchObject({ thresholds: ['p90<500ms', 'p91<500ms'], abortOnFail: true })
    expect(skippedOf(all)).toEqual({ 'http_req_duration: p(90)<500 delayAbortEval': 'unsupported' })
    const some = await asked(true, false)
    expect(some.spec).not.toHaveProperty('abortOnFail')
    expect(skippedOf(some)).toMatchObject({ 'http_req_duration: p(90)<500 abortOnFail': 'abort' })
  })

  it.each<[string, object, object, object?]>([
    ['users and a duration', { vus: 10, duration: '1m30s' }, { connections: 10, duration: '1m30s' }],
    ['users alone, for as long as k6 lets them', { vus: 10 }, { connections: 10, duration: '10m' }],
    ['users and iterations', { vus: 5, iterations: 100 }, { connections: 5, requests: 100 }],
    ['a bound on requests', { vus: 50, duration: '30s', rps: 100 }, { rate: 100, connections: 50, duration: '30s' }],
    ['users that stay', { stages: [{ duration: '30s', target: 5 }, { duration: '1m', target: 5 }], vus: 5 }, { connections: 5, duration: '1m30s' }],
    ['users that come and go', { stages: [{ duration: '30s', target: 20 }, { duration: '10s', target: 0 }] }, { connections: 20, duration: '40s' }, { stages: 'ramping-users' }],
    ['a constant rate', { scenarios: { s: { executor: 'constant-arrival-rate', rate: 300, timeUnit: '1m', duration: '5m', preAllocatedVUs: 7 } } }, { rate: 5, duration: '5m', maxInFlight: 7 }],
    ['a ramping rate', { scenarios: { s: { executor: 'ramping-arrival-rate', stages: [{ duration: '1m', target: 50 }], preAllocatedVUs: 1, maxVUs: 9 } } }, { stages: [{ duration: '1m', target: 50 }], maxInFlight: 9 }],
    ['constant users', { scenarios: { s: { executor: 'constant-vus', vus: 3, duration: '1h' } } }, { connections: 3, duration: '1h' }],
    ['ramping users', { scenarios: { s: { executor: 'ramping-vus', startVUs: 0, stages: [{ duration: '5s', target: 4 }] } } }, { connections: 4, duration: '5s' }, { 'scenarios.s.stages': 'ramping-users' }],
    ['shared iterations', { scenarios: { s: { executor: 'shared-iterations', vus: 2, iterations: 50, maxDuration: '30s' } } }, { connections: 2, requests: 50, duration: '30s' }],
    ['iterations of each user', { scenarios: { s: { executor: 'per-vu-iterations', vus: 2, iterations: 50, exec: 'buy', startTime: '5s' } } }, { connections: 2, requests: 100 }, { 'scenarios.s.exec': 'unsupported', 'scenarios.s.startTime': 'unsupported' }],
    ['a bundle', { metadata: {}, options: { vus: 1, duration: '1s' } }, { connections: 1, duration: '1s' }],
    ['days and fractions', { vus: 1, duration: '1d0.5h' }, { connections: 1, duration: '24h30m' }],
    ['thresholds alone', { thresholds: { http_req_duration: 'p(99)<100' } }, { rate: 100, duration: '30s' }],
    ['an executor that is steered from outside', { scenarios: { s: { executor: 'externally-controlled', vus: 1 } } }, { rate: 100, duration: '30s' }, { 'scenarios.s': 'executor' }],
  ])('give %s', async (_, options, load, skipped = {}) => {
    const result = await imported(options, { format: 'k6', server: 'http://127.0.0.1/' })
    expect(result.spec.load).toEqual(load)
    expect(skippedOf(result)).toEqual(skipped)
  })

  it('say nothing of the target, which is told', async () => {
    const result = await imported({ vus: 1, duration: '1s' })
    expect(skippedOf(result)).toEqual({ 'http://127.0.0.1:8080/': 'no-target' })
  })

  it.each<[string, string, string, string]>([
    ['a script', "import http from 'k6/http'\nexport const options = { vus: 1 }\nexport default () => http.get('http://x')", 'a program', 'k6 inspect'],
    ['something else', '{"format":"k6"}', 'no options of k6', 'k6 inspect'],
    ['a load that never sends', '{"stages":[{"duration":"0s","target":0}],"scenarios":{"s":{"executor":"constant-arrival-rate","rate":0,"duration":"1s"}}}', '', ''],
  ])('are refused with words for %s', async (_, text, message, hint) => {
    await expect(imported(text, { format: text.startsWith('import') ? 'auto' : 'k6' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })
})
