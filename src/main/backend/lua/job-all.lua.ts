import { script } from './script.ts'

/**
 * Every job, how many of its pieces are done, and its result.
 *
 * KEYS 1 prefix
 * returns {job, envelope, pieces done, result's envelope | '', …}
 */
export const jobAll = script('job-all', `
local found, jobs = {}, redis.call('HGETALL', P .. 'jobs')
for i = 1, #jobs, 2 do
  local done = redis.pcall('HLEN', P .. 'job:' .. jobs[i])
  found[#found + 1] = jobs[i]
  found[#found + 1] = jobs[i + 1]
  found[#found + 1] = type(done) == 'number' and done or 0
  found[#found + 1] = redis.call('HGET', P .. 'job-results', jobs[i]) or ''
end
return found
`)
