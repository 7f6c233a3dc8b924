import { script } from './script.ts'

/**
 * Lists a run; one that is listed stays as it is.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 its task · 3 start, ms since the epoch · 4 envelope
 */
export const openRun = script('open-run', `
if redis.call('HSETNX', P .. 'store:run:' .. ARGV[1], 'run', ARGV[4]) == 1 then
  redis.call('ZADD', P .. 'store:runs', ARGV[3], ARGV[1])
  redis.call('ZADD', P .. 'store:runs:' .. ARGV[2], ARGV[3], ARGV[1])
end
return 'done'
`, 'bulk')
