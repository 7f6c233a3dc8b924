import { script } from './script.ts'

/**
 * Runs, the youngest first.
 *
 * KEYS 1 prefix
 * ARGV 1 their task, '' for all · 2 border of their start, as ZRANGEBYSCORE takes it · 3 at most
 * returns {run, {envelope, '1' if it has begun}, …}
 */
export const listRuns = script('list-runs', `
local list = ARGV[1] == '' and P .. 'store:runs' or P .. 'store:runs:' .. ARGV[1]
local found = {}
for _, run in ipairs(redis.call('ZREVRANGEBYSCORE', list, ARGV[2], '-inf', 'LIMIT', 0, ARGV[3])) do
  found[#found + 1] = run
  found[#found + 1] = redis.call('HMGET', P .. 'store:run:' .. run, 'run', 'begun')
end
return found
`)
