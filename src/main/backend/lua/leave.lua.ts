import { script } from './script.ts'

/**
 * This boot of a node goes; a younger one stays.
 *
 * KEYS 1 prefix
 * ARGV 1 node · 2 boot
 */
export const leave = script('leave', `
local info = said(redis.call('HGET', P .. 'nodes', ARGV[1]))
if info and info.boot == ARGV[2] then
  redis.call('HDEL', P .. 'nodes', ARGV[1])
  redis.call('HDEL', P .. 'listen', ARGV[1])
  redis.call('HDEL', P .. 'heard', ARGV[1])
end
tell('nodes')
return 'done'
`)
