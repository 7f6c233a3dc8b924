import type { RequestSpec, TaskSpec } from './task.ts'

/** Flags of the transport that a command line has. */
const SWITCHES = [['insecure', '-k'], ['follow', '--follow']] as const

/**
 * The task as a command for a POSIX shell, as far as flags can say it; null for what only a task file can: steps, data in
 * it, forms, who it comes from, certificates, binary bodies.
 */
export function taskCommand(spec: TaskSpec): string | null {
  const { request, load, transport, checks, thresholds, vars, data, name } = spec
  const inFiles = [spec.steps, spec.auth, data, transport.cert, transport.key, transport.cacert, transport.resolve, transport.connectTo, request.bodyBase64, request.sendBase64, request.form, request.multipart, request.message]
  if (inFiles.some((part) => part !== undefined)) return null
  const flags: (readonly [flag: string, value?: string])[] = [
    ...(request.method === 'GET' ? [] : [['-X', request.method] as const]),
    ...headerFlags(request),
    ...valued('-b', request.body), ...valued('--send', request.send), ...valued('--send-hex', request.sendHex), ...valued('--expect', request.expect),
    ...valued('-r', load.rate), ...valued('-c', load.connections), ...valued('-d', load.duration), ...valued('-n', load.requests),
    ...(load.stages ?? []).map(({ duration, target }) => ['-s', `${duration}:${target}`] as const),
    ...valued('--ramp', load.ramp), ...valued('--warmup', load.warmup), ...valued('--arrivals', load.arrivals), ...valued('--max-in-flight', load.maxInFlight),
    ...(transport.protocol === 'auto' ? [] : [[`--${transport.protocol}`] as const]),
    ...(transport.timeout === '10s' ? [] : [['--timeout', transport.timeout] as const]),
    ...SWITCHES.flatMap(([field, flag]) => (transport[field] ? [[flag] as const] : [])),
    ...(transport.keepAlive ? [] : [['--no-keepalive'] as const]),
    ...valued('--proxy', transport.proxy), ...valued('--sni', transport.sni),
    ...Object.entries(vars ?? {}).map(([key, value]) => ['--var', `${key}=${value}`] as const),
    ...checks.map((check) => ['--check', check] as const),
    ...thresholds.map((threshold) => ['--threshold', threshold] as const),
    ...(spec.abortOnFail === true ? [['--abort-on-fail'] as const] : []),
    ['--name', name],
  ]
  return [`stampede run ${quoted(request.url)}`, ...flags.map(([flag, value]) => (value === undefined ? flag : `${flag} ${quoted(value)}`))].join(' \\\n  ')
}

function headerFlags({ headers }: RequestSpec): (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => ['-H', `${name}: ${one}`] as const))
}

function valued(flag: string, value: string | number | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[flag, String(value)]]
}

/** Single quotes keep everything but a single quote itself; plain words need none. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
