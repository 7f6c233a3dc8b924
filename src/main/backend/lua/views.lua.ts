import { script } from './script.ts'

/**
 * The last view of every run that is live or has just ended.
 *
 * KEYS 1 prefix
 * returns {run, view's envelope, …}
 */
export const views = script('views', `
local found = {}
for _, run in ipairs(redis.call('HKEYS', P .. 'runs')) do
  local view = redis.pcall('HGET', P .. 'agg:' .. run, 'view')
  if type(view) == 'string' then
    found[#found + 1] = run
    found[#found + 1] = view
  end
end
return found
`)
