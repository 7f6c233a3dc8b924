import { parseArgs } from 'node:util'

export const GROUPS = ['cpu', 'pace', 'start', 'idle', 'record', 'lag', 'stall', 'memory', 'overhead', 'fleet', 'lanes'] as const
export type GroupName = (typeof GROUPS)[number]

export interface Options {
  /** In the order of {@link GROUPS}. */
  groups: GroupName[]
  /** One or two short rounds: to see that everything works, not to quote. */
  quick: boolean
  /** Memory over 10 minutes instead of one. */
  long: boolean
  /** Also measure the peers that no goal names, and install those that Debian has. */
  peers: boolean
  /** Where the table goes; null: docs/benchmarks.md for a complete run, .bench/benchmarks.md for any other. */
  out: string | null
}

export const HELP = `npm run bench -- [groups] [flags]
  groups    ${GROUPS.join(' ')}  (default: all, about 10 minutes)
  --quick   short rounds, to see that everything works
  --long    memory over 10 minutes
  --peers   also measure hey, ab, h2load, siege, bombardier, vegeta; installs those that Debian has
  --out F   where the table goes
Environment: K6, VEGETA, BOMBARDIER, GST (go-stress-testing) name programs that are not on PATH;
SERVER_CORE, CLIENT_CORE (default 0 and 1) name the cores.`

/** Throws a sentence for what it does not know. */
export function parseOptions(argv: readonly string[]): Options & { help: boolean } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { quick: { type: 'boolean' }, long: { type: 'boolean' }, peers: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const unknown = positionals.find((name) => !(GROUPS as readonly string[]).includes(name))
  if (unknown !== undefined) throw new Error(`There is no group "${unknown}". Known: ${GROUPS.join(', ')}.`)
  const groups = positionals.length === 0 ? [...GROUPS] : GROUPS.filter((name) => positionals.includes(name))
  return { groups, quick: values.quick === true, long: values.long === true, peers: values.peers === true, out: values.out ?? null, help: values.help === true }
}

/** Only such a run may become the table of docs/benchmarks.md. */
export function isComplete({ groups, quick }: Options): boolean {
  return groups.length === GROUPS.length && !quick
}
