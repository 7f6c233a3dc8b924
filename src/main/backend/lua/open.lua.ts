import { script } from './script.ts'

/**
 * First contact, a write on purpose: a replica refuses it.
 *
 * KEYS 1 prefix
 * ARGV 1 name for a new data set
 * returns {name of the data set, schema}
 */
export const open = script('open', `
local inc = incarnation(ARGV[1])
return { inc, redis.call('HGET', P .. 'meta', 'schema') or '1' }
`)
