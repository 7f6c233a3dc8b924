import { script } from './script.ts'

/**
 * Hands users' wishes over to the master, each once.
 *
 * KEYS 1 prefix
 * ARGV 1 epoch · 2 token
 * returns {'ok', {intent's envelope, …}} or {'fenced', epoch | '', node | ''}
 */
export const intents = script('intents', `
local refused = fenced(ARGV[1], ARGV[2])
if refused then return refused end
return { 'ok', wishes() }
`)
