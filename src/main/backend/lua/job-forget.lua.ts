import { script } from './script.ts'

/**
 * Everything of a job goes.
 *
 * KEYS 1 prefix
 * ARGV 1 job
 */
export const jobForget = script('job-forget', `
redis.call('HDEL', P .. 'jobs', ARGV[1])
redis.call('HDEL', P .. 'job-results', ARGV[1])
redis.call('DEL', P .. 'job:' .. ARGV[1])
tell('intents')
return 'done'
`)
