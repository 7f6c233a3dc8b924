import { script } from './script.ts'

/**
 * The heads of all jobs, how many of their pieces are done, and whether they are finished.
 *
 * KEYS 1 prefix
 * returns {job, envelope of its head, pieces done, 1 if it is finished, …}
 */
export const jobAll = script('job-all', `
local found, jobs = {}, redis.call('HGETALL', P .. 'jobs')
for i = 1, #jobs, 2 do
  local done = redis.pcall('HLEN', P .. 'job:' .. jobs[i])
  found[#found + 1] = jobs[i]
  found[#found + 1] = jobs[i + 1]
  found[#found + 1] = type(done) == 'number' and done or 0
  found[#found + 1] = redis.call('HEXISTS', P .. 'job-results', jobs[i])
end
return found
`)
