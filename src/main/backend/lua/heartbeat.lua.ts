import { script } from './script.ts'

/**
 * A node tells about itself and gets, in the same step, all it has to obey: there is no moment in which a share is
 * leased again that has just been given away.
 *
 * KEYS 1 prefix
 * ARGV 1 node · 2 boot · 3 envelope of its NodeInfo · 4 name for a new data set · 5 stamp of the manifest that it has
 *      applied, `epoch:revision:boot` · 6 '1' if others should look, '' for a mere beat · 7 how long a sentinel counts as
 *      alive, ms · 8 '1' if it is to be noted that this boot listens to a channel of its own · 9 its beat
 * returns {clock, name of the data set, master's node | '', epoch, renews, manifest's envelope | '=' applied already | '', {task, stop, …},
 *      {run, last sample accepted of this boot, …}, {deputies, at, epoch, term} | {}, sentinels alive, last epoch,
 *      beat, clock and boot of the heartbeat before | '', or nothing while there is a master}
 */
export const heartbeat = script('heartbeat', `
redis.call('HSET', P .. 'nodes', ARGV[1], ARGV[3])
if ARGV[8] == '1' then redis.call('HSET', P .. 'listen', ARGV[1], ARGV[2]) end
if ARGV[6] == '1' then tell('nodes') end

-- One look for the usual case: the data set has its name, and the last sentinel that looked has counted the others.
local meta, now = redis.call('HMGET', P .. 'meta', 'inc', 'alive', 'aliveAt'), clock()
if not meta[1] then
  begin(ARGV[4])
  meta[1] = ARGV[4]
end
local alive = now - whole(meta[3]) <= tonumber(ARGV[7]) and whole(meta[2]) or 0

-- Nobody is to follow while there is a master. Who follows has to know whether something was forgotten.
local m, e, epoch, before = holder(), {}, nil, nil
if m then
  epoch = m[2]
else
  m, e, epoch = { '', '', '', '' }, election() or {}, redis.call('GET', P .. 'epoch') or '0'
  before = redis.call('HGET', P .. 'heard', ARGV[1]) or ''
end
redis.call('HSET', P .. 'heard', ARGV[1], ARGV[9] .. ' ' .. now .. ' ' .. ARGV[2])

local want = redis.call('HGET', P .. 'want', ARGV[1]) or ''
local border = string.find(want, '\\n', 1, true) or 0
if string.sub(want, 1, border - 1) == ARGV[5] then want = '=' else want = string.sub(want, border + 1) end

local accepted = {}
for _, run in ipairs(redis.call('HKEYS', P .. 'runs')) do
  local last = redis.pcall('HGET', P .. 'rseq:' .. run, ARGV[1] .. '#' .. ARGV[2])
  if type(last) == 'string' then
    accepted[#accepted + 1] = run
    accepted[#accepted + 1] = last
  end
end
return { string.format('%.3f', now), meta[1], m[1], m[2], m[4], want, redis.call('HGETALL', P .. 'stop'), accepted, e, alive, epoch, before }
`)
