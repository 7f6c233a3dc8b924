import { script } from './script.ts'

/**
 * Takes the mastership if nobody holds it, and brings all that a new master needs. The epoch rises above the stored one,
 * above any that the caller ever saw, and above the clock: so it rises even over a loss of all data.
 *
 * KEYS 1 prefix
 * ARGV 1 node · 2 highest epoch it ever saw · 3 token · 4 time to live, ms · 5 name for a new data set
 *      6 epoch and 7 renewals of a lock that the caller has watched standing still, or '' '' · 8 how long each deputy of an
 *      election has to itself, ms
 * returns {'held', node, epoch, token, renews, time left in ms (-1: for ever)}
 *      or {'wait'} when others were elected, or their turn is first
 *      or {'acquired', epoch, revision, {node, manifest, …}, {run, revision, cursor, state, …}, epoch before,
 *         {node, beat, clock and boot of its last heartbeat, …}}
 */
export const acquire = script('acquire', `
begin(ARGV[5])
local m = holder()
if m and not (m[2] == ARGV[6] and m[4] == ARGV[7]) then
  return { 'held', m[1], m[2], m[3], m[4], int(redis.call('PTTL', P .. 'master')) }
end

local e = election()
if e then
  local rank, place = nil, 0
  for deputy in string.gmatch(e[1], '[^\\n]+') do
    if deputy == ARGV[1] then rank = place end
    place = place + 1
  end
  if not rank or clock() < whole(e[2]) + rank * ARGV[8] then return { 'wait' } end
  redis.call('DEL', P .. 'elect')
end

local former = whole(redis.call('GET', P .. 'epoch'))
local epoch = int(math.max(former + 1, tonumber(ARGV[2]) + 1, math.floor(clock())))
redis.call('SET', P .. 'epoch', epoch)
redis.call('DEL', P .. 'master')
redis.call('HSET', P .. 'master', 'node', ARGV[1], 'epoch', epoch, 'token', ARGV[3], 'renews', '0')
redis.call('PEXPIRE', P .. 'master', ARGV[4])
tellMastership()

local aggregates = {}
for _, run in ipairs(redis.call('HKEYS', P .. 'runs')) do
  local kept = redis.pcall('HMGET', P .. 'agg:' .. run, 'cursor', 'state', 'rev')
  if not kept.err and kept[1] and kept[2] then
    aggregates[#aggregates + 1] = run
    aggregates[#aggregates + 1] = int(whole(kept[3]))
    aggregates[#aggregates + 1] = kept[1]
    aggregates[#aggregates + 1] = kept[2]
  end
end
return { 'acquired', epoch, int(whole(redis.call('GET', P .. 'rev'))), redis.call('HGETALL', P .. 'want'), aggregates, int(former), redis.call('HGETALL', P .. 'heard') }
`)
