import { script } from './script.ts'

/**
 * Everything of a run goes, if it has ended.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 its task
 * returns 'done', 'open' or 'missing'
 */
export const deleteRun = script('delete-run', `
local run = P .. 'store:run:' .. ARGV[1]
if redis.call('HEXISTS', run, 'run') == 0 then return 'missing' end
if redis.call('HEXISTS', run, 'summary') == 0 then return 'open' end
redis.call('DEL', run, P .. 'store:points:' .. ARGV[1], P .. 'store:events:' .. ARGV[1])
redis.call('ZREM', P .. 'store:runs', ARGV[1])
redis.call('ZREM', P .. 'store:runs:' .. ARGV[2], ARGV[1])
return 'done'
`)
