import { script } from './script.ts'

/**
 * Moves a run's count and the cursor behind it on together. Seconds and events are appended, never written again: what
 * a commit writes does not grow with the length of the run.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 run · 4 revision expected · 5 new revision · 6 new cursor · 7 stream id from which samples are
 *      still needed, or '' · 8 state · 9 view · 10 summary or '' · 11 seconds kept · 12 how long all is kept, ms
 *      13 number of seconds
 *      then pairs: ms of the run · second, and the events
 * returns {'ok', 'done' | 'conflict'} or {'fenced', epoch | '', node | ''}
 */
export const commitAggregate = script('commit-aggregate', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end

local run, kept = ARGV[3], ARGV[12]
local aggregate, points, events = P .. 'agg:' .. run, P .. 'pts:' .. run, P .. 'evt:' .. run
if int(whole(redis.call('HGET', aggregate, 'rev'))) ~= ARGV[4] then return { 'ok', 'conflict' } end
redis.call('HSET', aggregate, 'rev', ARGV[5], 'cursor', ARGV[6], 'state', ARGV[8], 'view', ARGV[9], 'summary', ARGV[10])
redis.call('HSETNX', P .. 'runs', run, '1')

local first = 14 + 2 * ARGV[13]
for i = 14, first - 1, 2 do addPoint(points, ARGV[11], ARGV[i], ARGV[i + 1]) end
for i = first, #ARGV do redis.call('XADD', events, 'MAXLEN', '~', ARGV[11], '*', 'data', ARGV[i]) end
if ARGV[7] ~= '' then redis.pcall('XTRIM', P .. 'res:' .. run, 'MINID', ARGV[7]) end
for _, key in ipairs({ aggregate, points, events }) do redis.call('PEXPIRE', key, kept) end
tell('live')
return { 'ok', 'done' }
`)
