import { script } from './script.ts'

/**
 * The result of the whole, once; its pieces are dropped.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 job · 4 envelope
 * returns {'ok', 'done' | 'over'} or {'fenced', epoch | '', node | ''}
 */
export const jobFinish = script('job-finish', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end
if redis.call('HEXISTS', P .. 'jobs', ARGV[3]) == 0 or redis.call('HSETNX', P .. 'job-results', ARGV[3], ARGV[4]) == 0 then return { 'ok', 'over' } end
redis.call('DEL', P .. 'job:' .. ARGV[3])
tell('live')
return { 'ok', 'done' }
`)
