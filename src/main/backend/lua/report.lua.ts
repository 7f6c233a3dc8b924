import { script } from './script.ts'

/**
 * Takes samples of one boot of a node in order: an older number is ignored, a newer one ends the step, unless it is the
 * oldest that the sender still has; then the hole before it is marked.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 node#boot · 3 oldest number that the sender still has · 4 least length kept · 5 length kept per node
 *      6 how long it is kept after the last report, ms · then pairs: number · envelope
 * returns the last number accepted
 */
export const report = script('report', `
local run, source = ARGV[1], ARGV[2]
local last = whole(redis.call('HGET', P .. 'rseq:' .. run, source))
local before = last
for i = 7, #ARGV, 2 do
  local seq = tonumber(ARGV[i])
  if seq > last then
    local gap = seq > last + 1
    if gap and ARGV[i] ~= ARGV[3] then break end
    local id = redis.call('XADD', P .. 'res:' .. run, '*', 'source', source, 'seq', ARGV[i], 'gap', gap and '1' or '', 'data', ARGV[i + 1])
    redis.call('HSET', P .. 'runs', run, id)
    last = seq
  end
end
redis.call('HSET', P .. 'rseq:' .. run, source, int(last))

-- House-keeping, now and then: with the first sample of a source and with every tenth.
if before == 0 or math.floor(before / 10) < math.floor(last / 10) then
  redis.call('XTRIM', P .. 'res:' .. run, 'MAXLEN', '~', int(math.max(tonumber(ARGV[4]), ARGV[5] * redis.call('HLEN', P .. 'nodes'))))
  redis.call('PEXPIRE', P .. 'rseq:' .. run, ARGV[6])
  redis.call('PEXPIRE', P .. 'res:' .. run, ARGV[6])
end
tell('results')
return int(last)
`, 'bulk')
