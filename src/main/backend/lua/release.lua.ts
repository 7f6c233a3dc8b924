import { script } from './script.ts'

/**
 * Gives the mastership back, if it is still the caller's.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token
 * returns {'ok'} or {'fenced', epoch | '', node | ''}
 */
export const release = script('release', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end
redis.call('DEL', P .. 'master')
tellMastership()
return { 'ok' }
`)
