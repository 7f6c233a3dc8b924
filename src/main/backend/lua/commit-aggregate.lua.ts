import { script } from './script.ts'

/**
 * Moves a run's count and the cursor behind it on together. Seconds and events are appended, never written again: what
 * a commit writes does not grow with the length of the run.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 run · 4 cursor expected · 5 new cursor · 6 stream id from which samples are still needed, or ''
 *      7 state · 8 view · 9 summary or '' · 10 seconds kept · 11 how long all is kept, ms · 12 number of seconds
 *      then pairs: ms of the run · second, and the events
 * returns {'ok', 'done' | 'conflict'} or {'fenced', epoch | '', node | ''}
 */
export const commitAggregate = script('commit-aggregate', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end

local run, kept = ARGV[3], ARGV[11]
local aggregate, points, events = P .. 'agg:' .. run, P .. 'pts:' .. run, P .. 'evt:' .. run
if (redis.call('HGET', aggregate, 'cursor') or '') ~= ARGV[4] then return { 'ok', 'conflict' } end
redis.call('HSET', aggregate, 'cursor', ARGV[5], 'state', ARGV[7], 'view', ARGV[8], 'summary', ARGV[9])
redis.call('HSET', P .. 'runs', run, '1')

local first = 13 + 2 * ARGV[12]
for i = 13, first - 1, 2 do addPoint(points, ARGV[10], ARGV[i], ARGV[i + 1]) end
for i = first, #ARGV do redis.call('XADD', events, 'MAXLEN', '~', ARGV[10], '*', 'data', ARGV[i]) end
if ARGV[6] ~= '' then redis.pcall('XTRIM', P .. 'res:' .. run, 'MINID', ARGV[6]) end
for _, key in ipairs({ aggregate, points, events }) do redis.call('PEXPIRE', key, kept) end
tell('live')
return { 'ok', 'done' }
`)
