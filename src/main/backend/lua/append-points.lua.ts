import { script } from './script.ts'

/**
 * Adds closed seconds and events to a run, and what its summary is made of if nobody ends it.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 envelope of the state, '' to leave it · 3 seconds kept · 4 number of seconds
 *      then pairs: ms of the run · second, and the events
 */
export const appendPoints = script('append-points', `
local run = P .. 'store:run:' .. ARGV[1]
local first = 5 + 2 * ARGV[4]
for i = 5, first - 1, 2 do addPoint(P .. 'store:points:' .. ARGV[1], ARGV[3], ARGV[i], ARGV[i + 1]) end
for i = first, #ARGV do redis.call('XADD', P .. 'store:events:' .. ARGV[1], '*', 'data', ARGV[i]) end
if redis.call('HEXISTS', run, 'run') == 1 and redis.call('HEXISTS', run, 'summary') == 0 then
  if ARGV[2] ~= '' then redis.call('HSET', run, 'state', ARGV[2]) end
  if first > 5 then redis.call('HSET', run, 'begun', '1') end
end
return 'done'
`, 'bulk')
