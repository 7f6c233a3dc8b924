import { script } from './script.ts'

/**
 * Holds on to the mastership; never a bare EXPIRE, which would prolong somebody else's.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 time to live, ms
 * returns {'ok'} or {'fenced', epoch | '', node | ''}
 */
export const renew = script('renew', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end
redis.call('HSET', P .. 'master', 'renews', int(whole(redis.call('HGET', P .. 'master', 'renews')) + 1))
redis.call('PEXPIRE', P .. 'master', ARGV[3])
return { 'ok' }
`)
