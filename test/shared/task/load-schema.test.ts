import { describe, expect, it } from 'vitest'
import { parseRate } from '../../../src/shared/task/load-schema.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

function loadOf(load: unknown): unknown {
  const parsed = parseTaskSpec({ load, request: { url: 'https://a.example' } })
  return parsed.ok ? parsed.value.load : Object.fromEntries(parsed.problems.map(({ path, message, hint }) => [path, `${message} ${hint}`]))
}

describe('a rate', () => {
  it.each([[500, 500], ['500', 500], ['500/s', 500], ['500 / s', 500], ['500 req/s', 500], ['500rps', 500], ['30000/m', 500], ['30,000/min', 500], ['3600/h', 1], ['12k', 12_000], ['1.5k/s', 1500], ['2M', 2_000_000], ['1,200', 1200], [0.1, 0.1], [10_000_000, 10_000_000]])('reads %j as %d per second', (written, rate) => {
    expect(parseRate(written)).toEqual({ ok: true, rate })
  })

  it.each([
    [0, 'At least 0.1 req/s.'], [-5, 'At least 0.1 req/s.'], ['-5', 'At least 0.1 req/s.'], ['1/m', 'At least 0.1 req/s.'], [-Infinity, 'At least 0.1 req/s.'],
    [NaN, 'no rate'], [Infinity, 'At most 10,000,000 req/s.'], [10_000_001, 'At most'], [2 ** 53, 'At most'],
    ['', 'no rate'], ['5m', 'no rate'], ['1,20', 'no rate'], ['1e3', 'no rate'], ['500/d', 'no rate'], ['0x10', 'no rate'], [null, 'no rate'], [{}, 'no rate'], [[5], 'no rate'], [true, 'no rate'],
  ])('refuses %j', (written, words) => {
    const parsed = parseRate(written)
    expect(parsed).toMatchObject({ ok: false, problem: { message: expect.stringContaining(words), hint: expect.stringMatching(/./) } })
  })
})

describe('a load', () => {
  it.each([
    [{ rate: '12k', duration: 90 }, { rate: 12_000, duration: '1m30s' }],
    [{ rate: 5, requests: '1,000' }, { rate: 5, requests: 1000 }],
    [{ stages: ['30s:500', { duration: 0, target: '1k' }] }, { stages: [{ duration: '30s', target: 500 }, { duration: '0s', target: 1000 }] }],
    [{ connections: 50, duration: '30s', requests: 10 }, { connections: 50, duration: '30s', requests: 10 }],
    [{ rate: 5, duration: '30s', connections: 5, ramp: '30s', warmup: 5, arrivals: 'poisson', maxInFlight: 7 }, { rate: 5, duration: '30s', connections: 5, ramp: '30s', warmup: '5s', arrivals: 'poisson', maxInFlight: 7 }],
  ])('reads %j', (written, canonical) => {
    expect(loadOf(written)).toEqual(canonical)
  })

  it.each([
    [{}, 'load', 'Nothing says how much'],
    [{ duration: '5s' }, 'load', 'Nothing says how much'],
    [{ rate: 5 }, 'load.duration', 'Nothing says when to end'],
    [{ connections: 5 }, 'load.duration', 'Nothing says when to end'],
    [{ rate: 5, duration: 0 }, 'load.duration', 'At least 1ms'],
    [{ rate: 5, duration: '5min' }, 'load.duration', 'Write 5m, 300s or 1h30m.'],
    [{ rate: 5, duration: -1 }, 'load.duration', 'no duration'],
    [{ rate: 5, duration: '400h' }, 'load.duration', 'At most 168h'],
    [{ rate: 5, duration: '5s', requests: 5 }, 'load.requests', 'give the count already'],
    [{ rate: 5, stages: ['5s:5'] }, 'load.rate', 'exclude each other'],
    [{ stages: [] }, 'load.stages', 'empty'],
    [{ stages: ['5s'] }, 'load.stages[0]', 'an object'],
    [{ stages: ['5s:-1'] }, 'load.stages[0].target', 'At least 0'],
    [{ stages: ['5s:0'] }, 'load.stages', 'Not a single iteration'],
    [{ stages: ['0s:500'] }, 'load.stages', 'Not a single iteration'],
    [{ stages: ['5s:5'], duration: '5s', ramp: 1 }, 'load.ramp', 'a ramp already'],
    [{ rate: 0.1, duration: '1s' }, 'load.duration', 'one takes 10 s'],
    [{ rate: 5, duration: '5s', ramp: '6s' }, 'load.ramp', 'longer than the run'],
    [{ rate: 5, requests: 5, ramp: '6s' }, 'load.ramp', 'needs a duration'],
    [{ connections: 5, duration: '5s', arrivals: 'poisson' }, 'load.arrivals', 'needs a rate'],
    [{ connections: 2.5, duration: '5s' }, 'load.connections', 'Did you mean 3?'],
    [{ connections: 0, duration: '5s' }, 'load.connections', 'At least 1'],
    [{ connections: 1e9, duration: '5s' }, 'load.connections', 'At most 1,000,000'],
    [{ rate: 5, requests: NaN }, 'load.requests', 'no number of requests'],
    [{ rate: 5, duration: 5, rats: 5 }, 'load.rats', 'Did you mean "rate"?'],
    [{ rate: 5, duration: 5, arrivals: 'poison' }, 'load.arrivals', 'Did you mean "poisson"?'],
    [[], 'load', 'rate: 500/s'],
  ])('refuses %j', (written, path, words) => {
    expect(loadOf(written)).toHaveProperty([path], expect.stringContaining(words))
  })
})
