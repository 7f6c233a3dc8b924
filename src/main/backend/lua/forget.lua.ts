import { script } from './script.ts'

/**
 * Everything of a run goes.
 *
 * KEYS 1 prefix
 * ARGV 1 run
 */
export const forget = script('forget', `
redis.call('HDEL', P .. 'runs', ARGV[1])
for _, name in ipairs({ 'res:', 'rseq:', 'agg:', 'pts:', 'evt:' }) do redis.call('DEL', P .. name .. ARGV[1]) end
tell('live')
return 'done'
`)
