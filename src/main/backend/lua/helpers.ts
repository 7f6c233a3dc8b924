/** Functions that scripts share, by name; each may use those above it. P is the prefix of every key. */
export const HELPERS: Readonly<Record<string, string>> = {
  int: `
-- Whole numbers as text: Lua's own form has 14 digits only.
local function int(n) return string.format('%.0f', n) end
`,

  whole: `
-- A whole number that is exact; 0 for whatever else may stand there.
local function whole(text)
  local n = tonumber(text or '') or 0
  return n >= 0 and n < 2 ^ 53 and n == math.floor(n) and n or 0
end
`,

  clock: `
-- Clock of Redis, ms since the epoch, to the microsecond.
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + t[2] / 1000
end
`,

  tell: `
-- Whoever may not publish does without: everybody polls as well.
local function tell(topic) redis.pcall('PUBLISH', P .. 'ch:' .. topic, '') end
`,

  tellMastership: `
-- For those who keep an eye on the nodes, and for those who would be master.
local function tellMastership()
  tell('nodes')
  tell('master')
end
`,

  begin: `
-- Gives this data set a random name, if it has none: another one means that the data was lost.
local function begin(fresh)
  if redis.call('HSETNX', P .. 'meta', 'inc', fresh) == 1 then redis.call('HSET', P .. 'meta', 'schema', '1', 'born', int(math.floor(clock()))) end
end
`,

  holder: `
-- The master as {node, epoch, token, renews}; nil when there is none. A lock without these fields is none of ours.
local function holder()
  local m = redis.call('HMGET', P .. 'master', 'node', 'epoch', 'token', 'renews')
  if m[1] and m[2] and m[3] then return { m[1], m[2], m[3], m[4] or '0' } end
  return nil
end
`,

  fenced: `
-- The guard of every write of a master: nil for the holder, otherwise the answer.
local function fenced(epoch, token)
  local m = holder()
  if m and m[2] == epoch and m[3] == token then return nil end
  return { 'fenced', m and m[2] or '', m and m[1] or '' }
end
`,

  wishes: `
-- The envelopes of all wishes that wait for the master; then none waits any more.
local function wishes()
  local found = {}
  for i, entry in ipairs(redis.call('XRANGE', P .. 'req', '-', '+')) do found[i] = entry[2][2] or '' end
  if #found > 0 then redis.call('DEL', P .. 'req') end
  return found
end
`,

  said: `
-- What a node said last, from its envelope; nil for what cannot be read.
local function said(raw)
  local json = raw and string.match(raw, '^%d+%.%x+%.[%w_-]+%.(.*)$')
  local ok, info = pcall(cjson.decode, json or '')
  return ok and type(info) == 'table' and info or nil
end
`,

  addPoint: `
-- A second of a run under its own number. One that is there already, or is older, was written by a former attempt.
local function addPoint(key, kept, atMs, point)
  local added = redis.pcall('XADD', key, 'MAXLEN', '~', kept, atMs .. '-1', 'data', point)
  if type(added) == 'table' and added.err and not string.find(added.err, 'equal or smaller', 1, true) then error(added.err) end
end
`,

  election: `
-- Who may take the lock after an election, as {deputies by line, at, epoch, term}; nil when there is none.
local function election()
  local e = redis.call('HMGET', P .. 'elect', 'deputies', 'at', 'epoch', 'term')
  if e[1] and e[2] then return { e[1], e[2], e[3] or '0', e[4] or '0' } end
  return nil
end
`,

  sentinelsWithin: `
-- How many sentinels were heard of within so many ms.
local function sentinelsWithin(ms)
  local count, since = 0, clock() - ms
  for _, at in ipairs(redis.call('HVALS', P .. 'sent')) do
    if whole(at) >= since then count = count + 1 end
  end
  return count
end
`,

  opinionsOn: `
-- How many sentinels hold now that the master of this epoch is down.
local function opinionsOn(epoch)
  local count, now = 0, clock()
  for _, opinion in ipairs(redis.call('HVALS', P .. 'sdown')) do
    local of, untilMs = string.match(opinion, '^(%d+):(%d+)$')
    if of == epoch and whole(untilMs) > now then count = count + 1 end
  end
  return count
end
`,

  elect: `
-- Names who may take the lock for a while, and keeps the record of it.
local function elect(deputies, epoch, term, lives, record)
  local at = int(math.floor(clock()))
  redis.call('DEL', P .. 'elect')
  redis.call('HSET', P .. 'elect', 'deputies', deputies, 'at', at, 'epoch', epoch, 'term', term)
  redis.call('PEXPIRE', P .. 'elect', lives)
  redis.call('XADD', P .. 'elections', 'MAXLEN', '~', '100', '*', 'at', at, 'data', record)
  tellMastership()
end
`,
}
