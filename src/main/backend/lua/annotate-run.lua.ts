import { script } from './script.ts'

/**
 * Writes a run anew if it still is what the caller has read.
 *
 * KEYS 1 prefix
 * ARGV 1 run · 2 SHA-1 of what was read · 3 envelope
 * returns 'done' or 'conflict'
 */
export const annotateRun = script('annotate-run', `
local run = P .. 'store:run:' .. ARGV[1]
local known = redis.call('HGET', run, 'run')
if (known and redis.sha1hex(known) or '') ~= ARGV[2] then return 'conflict' end
redis.call('HSET', run, 'run', ARGV[3])
return 'done'
`, 'bulk')
