import { script } from './script.ts'

/**
 * First contact, a write on purpose: a replica refuses it.
 *
 * KEYS 1 prefix
 * ARGV 1 name for a new data set
 * returns {name of the data set, schema}
 */
export const open = script('open', `
begin(ARGV[1])
local meta = redis.call('HMGET', P .. 'meta', 'inc', 'schema')
return { meta[1], meta[2] or '1' }
`)
