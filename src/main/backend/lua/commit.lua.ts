import { script } from './script.ts'

/**
 * Replaces all manifests under a new revision, if the mastership is the caller's, nobody has written meanwhile, and no
 * node that is taken out as lost has given a sign of life since.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 revision expected · 4 new revision · 5 number of nodes taken out · 6 number of manifests
 *      then per node taken out: node · boot · beat, per manifest: node · stamp and envelope, and the tasks that they carry
 * returns {'ok', 'done' | 'conflict'}, {'ok', 'alive', node} or {'fenced', epoch | '', node | ''}
 */
export const commit = script('commit', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end

local revision = whole(redis.call('GET', P .. 'rev'))
if revision ~= tonumber(ARGV[3]) or tonumber(ARGV[4]) <= revision then return { 'ok', 'conflict' } end

local manifests = 7 + 3 * ARGV[5]
for i = 7, manifests - 1, 3 do
  local info = said(redis.call('HGET', P .. 'nodes', ARGV[i]))
  if info and (info.boot ~= ARGV[i + 1] or info.beat ~= tonumber(ARGV[i + 2])) then return { 'ok', 'alive', ARGV[i] } end
end
for i = 7, manifests - 1, 3 do
  redis.call('HDEL', P .. 'nodes', ARGV[i])
  redis.call('HDEL', P .. 'heard', ARGV[i])
end

local tasks = manifests + 2 * ARGV[6]
redis.call('DEL', P .. 'want')
for i = manifests, tasks - 1, 2 do redis.call('HSET', P .. 'want', ARGV[i], ARGV[i + 1]) end
redis.call('SET', P .. 'rev', ARGV[4])

-- A stop is over when nobody carries its task any more.
local carried = {}
for i = tasks, #ARGV do carried[ARGV[i]] = true end
for _, task in ipairs(redis.call('HKEYS', P .. 'stop')) do
  if not carried[task] then redis.call('HDEL', P .. 'stop', task) end
end
tell('work')
return { 'ok', 'done' }
`)
