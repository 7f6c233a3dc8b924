import { script } from './script.ts'

/**
 * The tasks that want something.
 *
 * KEYS 1 prefix
 * returns {task, envelope, …}
 */
export const pendingTasks = script('pending-tasks', `
local found = {}
for _, task in ipairs(redis.call('HKEYS', P .. 'store:pending')) do
  found[#found + 1] = task
  found[#found + 1] = redis.call('HGET', P .. 'store:tasks', task) or ''
end
return found
`)
