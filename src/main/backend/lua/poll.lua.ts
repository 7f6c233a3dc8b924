import { script } from './script.ts'

/**
 * All that the master looks at, in one step. Wishes are handed over once: each only says "look", what is wished stands
 * in the task store. Runs of which nothing is left are struck off the list.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 samples per run at most · then pairs: run · stream id after which to read
 * returns {'ok', clock, revision, {node, envelope, …}, {intent's envelope, …}, {run, entries, …}}, every run that is live or has just ended
 *      or {'fenced', epoch | '', node | ''}
 */
export const poll = script('poll', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end

-- Beyond the newest sample: the data set has lost its last moments, and what is told anew may have come with any id. Their
-- own numbers tell them apart.
local function isBeyond(id, newest)
  local ms, n = string.match(id, '^(%d+)-(%d+)$')
  local newestMs, newestN = string.match(newest, '^(%d+)-(%d+)$')
  if not ms or not newestMs then return false end
  if ms ~= newestMs then return tonumber(ms) > tonumber(newestMs) end
  return tonumber(n) > tonumber(newestN)
end

local from = {}
for i = 4, #ARGV, 2 do
  if not isBeyond(ARGV[i + 1], redis.call('HGET', P .. 'runs', ARGV[i]) or '') then from[ARGV[i]] = '(' .. ARGV[i + 1] end
  -- The very list of runs may have been thrown away.
  if redis.call('EXISTS', P .. 'agg:' .. ARGV[i]) == 1 then redis.call('HSETNX', P .. 'runs', ARGV[i], '1') end
end

local results = {}
for _, run in ipairs(redis.call('HKEYS', P .. 'runs')) do
  local entries = redis.pcall('XRANGE', P .. 'res:' .. run, from[run] or '-', '+', 'COUNT', ARGV[3])
  if entries.err then -- something else stands there: this run's samples are lost, not the others'
  elseif #entries > 0 or redis.call('EXISTS', P .. 'agg:' .. run, P .. 'res:' .. run) > 0 then
    results[#results + 1] = run
    results[#results + 1] = entries
  else
    redis.call('HDEL', P .. 'runs', run)
  end
end

return { 'ok', string.format('%.3f', clock()), int(whole(redis.call('GET', P .. 'rev'))), redis.call('HGETALL', P .. 'nodes'), wishes(), results }
`)
