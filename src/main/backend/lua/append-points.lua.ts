import { script } from './script.ts'

/**
 * Adds closed seconds and events to a run.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 seconds kept · 3 number of seconds
 *      then pairs: ms of the run · second, and the events
 */
export const appendPoints = script('append-points', `
local run = P .. 'store:run:' .. ARGV[1]
local first = 4 + 2 * ARGV[3]
for i = 4, first - 1, 2 do addPoint(P .. 'store:points:' .. ARGV[1], ARGV[2], ARGV[i], ARGV[i + 1]) end
for i = first, #ARGV do redis.call('XADD', P .. 'store:events:' .. ARGV[1], '*', 'data', ARGV[i]) end
if first > 4 and redis.call('HEXISTS', run, 'run') == 1 and redis.call('HEXISTS', run, 'summary') == 0 then redis.call('HSET', run, 'begun', '1') end
return 'done'
`, 'bulk')
