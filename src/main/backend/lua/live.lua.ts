import { script } from './script.ts'

/**
 * One run as it stands: its view, its result, its seconds after an instant, all its events.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 stream id of the first second wanted · 3 seconds at most
 * returns {} for an unknown run, or {view, summary | '', seconds, events} in the form of XRANGE
 */
export const live = script('live', `
local run = ARGV[1]
local kept = redis.call('HMGET', P .. 'agg:' .. run, 'view', 'summary')
if not kept[1] then return {} end
return { kept[1], kept[2] or '', redis.call('XRANGE', P .. 'pts:' .. run, ARGV[2], '+', 'COUNT', ARGV[3]), redis.call('XRANGE', P .. 'evt:' .. run, '-', '+') }
`)
