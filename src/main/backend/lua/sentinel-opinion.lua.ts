import { script } from './script.ts'

/**
 * Whether the master of an epoch is down, as one sentinel sees it, for a short while.
 *
 * KEYS 1 prefix
 * ARGV 1 sentinel · 2 epoch · 3 how long it holds, ms; '' to take it back
 * returns how many think so of this epoch
 */
export const sentinelOpinion = script('sentinel-opinion', `
if ARGV[3] == '' then
  redis.call('HDEL', P .. 'sdown', ARGV[1])
else
  redis.call('HSET', P .. 'sdown', ARGV[1], ARGV[2] .. ':' .. int(math.floor(clock() + ARGV[3])))
end
return opinionsOn(ARGV[2])
`)
