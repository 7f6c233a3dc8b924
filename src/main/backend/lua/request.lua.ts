import { script } from './script.ts'

/**
 * Leaves a user's wish for whoever is master, the newest thousand or so.
 *
 * KEYS 1 prefix
 * ARGV 1 envelope of the intent
 */
export const request = script('request', `
redis.call('XADD', P .. 'req', 'MAXLEN', '~', 1000, '*', 'data', ARGV[1])
tell('intents')
return 'done'
`)
