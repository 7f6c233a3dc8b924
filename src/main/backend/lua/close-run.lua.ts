import { script } from './script.ts'

/**
 * Ends a run with its summary. Only now is it known when it began to send, by which it is listed.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 its task · 3 start, ms since the epoch · 4 envelope of the run · 5 envelope of the summary
 */
export const closeRun = script('close-run', `
local run = P .. 'store:run:' .. ARGV[1]
redis.call('HSET', run, 'run', ARGV[4], 'summary', ARGV[5])
redis.call('HDEL', run, 'begun')
redis.call('ZADD', P .. 'store:runs', ARGV[3], ARGV[1])
redis.call('ZADD', P .. 'store:runs:' .. ARGV[2], ARGV[3], ARGV[1])
return 'done'
`, 'bulk')
