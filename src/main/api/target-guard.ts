import { BlockList, isIP } from 'node:net'
import { AppError } from '../../shared/errors.ts'
import { reachedHosts } from '../../shared/task/target-hosts.ts'
import type { ReachedHost } from '../../shared/task/target-hosts.ts'
import type { TaskSpec } from '../../shared/task/task.ts'

type Resolve = (host: string) => Promise<string[]>

/**
 * Nobody is loaded by accident: a public host needs the user's word once, loopback and private networks are free.
 * On the command line the typed URL is that word, so this guard stands only before the console and the desktop.
 */
export function guardTargets(resolve: Resolve = lookUp): (spec: TaskSpec, allowedHosts: readonly string[]) => Promise<void> {
  return async (spec, allowedHosts) => {
    const found = await forbidden(spec, allowedHosts, resolve)
    if (found === null) return
    const { host, path } = found
    const { load } = spec
    const rate = load.rate === undefined ? '' : ` at ${load.rate} requests per second`
    const message = path === 'auth.tokenUrl' ? `${host} is a public host. May this task ask it for an access token?` : `${host} is a public host. Do you have permission to load it${rate}?`
    const hint = `Allow ${host} in the settings, once.`
    throw new AppError('target-not-allowed', message, { hint, problems: [{ path, message, hint, value: host }] })
  }
}

/** The same before a node of a cluster, which carries what others have started: what it may load is said where it runs. */
export function nodeGuard(allowedHosts: () => Promise<readonly string[]>, resolve: Resolve = lookUp): (spec: TaskSpec) => Promise<void> {
  return async (spec) => {
    const host = (await forbidden(spec, await allowedHosts(), resolve))?.host
    if (host === undefined) return
    throw new AppError('target-not-allowed', `${host} is a public host, which this node was not allowed to load.`, { hint: `Allow it where the node runs: --allow-host ${host}, STAMPEDE_ALLOW_HOSTS, or its settings.` })
  }
}

/** The first host that the task really connects to and may not; null: it may go everywhere it goes. */
async function forbidden(spec: TaskSpec, allowed: readonly string[], resolve: Resolve): Promise<ReachedHost | null> {
  for (const reached of reachedHosts(spec)) if (!isAllowed(reached.host, allowed) && !(await isFree(reached.host, resolve))) return reached
  return null
}

/** `*` is any host, `*.example.com` any below that one. */
function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => entry === '*' || entry.toLowerCase() === host || (entry.startsWith('*.') && host.endsWith(entry.slice(1).toLowerCase())))
}

/** Not reachable from the Internet, RFC 1918, 4193, 3927, 4291, 6598. */
const PRIVATE = new BlockList()
for (const [network, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16]] as const) PRIVATE.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [['::', 127], ['fc00::', 7], ['fe80::', 10]] as const) PRIVATE.addSubnet(network, prefix, 'ipv6')

/** A name is free if every address behind it is; one that has no address is not known to be. */
async function isFree(host: string, resolve: Resolve): Promise<boolean> {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  if (isIP(host) !== 0) return isPrivate(host)
  const addresses = await resolve(host).catch(() => [])
  return addresses.length > 0 && addresses.every(isPrivate)
}

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

async function lookUp(host: string): Promise<string[]> {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(host, { all: true })).map(({ address }) => address)
}
