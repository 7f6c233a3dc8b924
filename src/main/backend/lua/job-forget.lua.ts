import { script } from './script.ts'

/**
 * Everything of a job goes.
 *
 * KEYS 1 prefix
 * ARGV 1 job
 */
export const jobForget = script('job-forget', `
for _, name in ipairs({ 'jobs', 'job-wholes', 'job-results' }) do redis.call('HDEL', P .. name, ARGV[1]) end
redis.call('DEL', P .. 'job:' .. ARGV[1])
tell('intents')
return 'done'
`)
