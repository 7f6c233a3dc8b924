import { script } from './script.ts'

/**
 * The master names its successors and gives the lock back in one step.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token · 3 deputies by line · 4 how long the election is in force, ms · 5 envelope of its record
 * returns {'ok'} or {'fenced', epoch | '', node | ''}
 */
export const handover = script('handover', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end
redis.call('DEL', P .. 'master')
elect(ARGV[3], ARGV[1], int(whole(redis.call('GET', P .. 'term'))), ARGV[4], ARGV[5])
return { 'ok' }
`)
