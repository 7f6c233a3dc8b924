import { describe, expect, test } from 'vitest'
import { parseWrk } from '../../../bench/peers/contestants.ts'

const QUIET = `Running 3s test @ http://127.0.0.1:18080/
  1 threads and 50 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   455.12us  120.55us   4.15ms   91.55%
    Req/Sec   109.18k     4.75k  118.95k    70.00%
  325849 requests in 3.00s, 86.08MB read
Requests/sec: 108613.43
Transfer/sec:     28.69MB
`

describe('what wrk prints', () => {
  test('tells how many requests it has finished', () => {
    expect(parseWrk(QUIET)).toEqual({ done: 325_849, failed: 0 })
  })

  test('tells its failures in two lines, which are added', () => {
    const text = QUIET.replace('Requests/sec', '  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 50000\nRequests/sec')
    expect(parseWrk(text).failed).toBe(54_321)
  })

  test('without a count is no measurement', () => {
    expect(parseWrk('unable to connect to 127.0.0.1:1 Connection refused').done).toBeNaN()
  })
})
