import { Option, type Command } from 'commander'
import { addNodeFlags, type NodeFlags } from './cluster-flags.ts'

/** Flags of `run` and `demo` as commander delivers them: text, so that one parser (parseTaskSpec) judges them all. */
export interface RunFlags extends NodeFlags {
  rate?: string
  connections?: string
  duration?: string
  requests?: string
  stage?: string[]
  ramp?: string
  warmup?: string
  arrivals?: string
  maxInFlight?: string
  method?: string
  header?: string[]
  data?: string
  dataFile?: string
  /** Parts as curl's -F has them. */
  form?: string[]
  /** `name=value`. */
  dataUrlencode?: string[]
  send?: string
  sendHex?: string
  stream?: string
  expect?: string
  message?: string
  proto?: string
  protoPath?: string[]
  curl?: string
  http2?: boolean
  http1?: boolean
  insecure?: boolean
  cert?: string
  key?: string
  cacert?: string
  sni?: string
  timeout?: string
  /** Commander's negation: `--no-keepalive` makes it false. */
  keepalive: boolean
  follow?: boolean
  proxy?: string
  resolve?: string[]
  connectTo?: string[]
  auth?: string
  user?: string
  authSecretEnv?: string
  authSecretFile?: string
  authName?: string
  authIn?: string
  tokenUrl?: string
  scope?: string
  audience?: string
  credentialsIn?: string
  /** `name=value`. */
  var?: string[]
  /** `users.csv` or `name=users.csv`. */
  csv?: string[]
  csvMode?: string
  check?: string[]
  threshold?: string[]
  abortOnFail?: boolean
  allowSaturated?: boolean
  threads?: string
  local?: boolean
  json?: boolean
  ndjson?: boolean
  out?: string[]
  /** `last`, a run, or a file of results. */
  baseline?: string
  quiet?: boolean
  color: boolean
  lang?: string
  name?: string
  tag?: string[]
  explain?: boolean
  /** Other load nodes to wait for. */
  workers?: string
}

interface FlagRow {
  flags: string
  text: string
  /** Other spellings that fingers know from other tools; hidden from help. */
  aliases?: string[]
  many?: true
  choices?: string[]
}

/** The flags of `cli.md`, in the order of the help. */
const ROWS: FlagRow[] = [
  { flags: '-r, --rate <n>', text: 'iterations per second over the whole fleet (open model)', aliases: ['-q, --qps <n>', '-R <n>', '--rps <n>'] },
  { flags: '-c, --connections <n>', text: 'without --rate: closed model with n virtual users; with it: a cap on connections' },
  { flags: '-d, --duration <time>', text: 'length of the run: 30s, 1m30s, 1h', aliases: ['-z <time>'] },
  { flags: '-n, --requests <n>', text: 'total count instead of a duration' },
  { flags: '-s, --stage <time:rate>', text: 'stage `duration:target`, linear from the previous target; repeat it', many: true },
  { flags: '--ramp <time>', text: 'rise linearly to the rate at the start' },
  { flags: '--warmup <time>', text: 'run before the measured part, kept out of the result' },
  { flags: '--arrivals <spacing>', text: 'spacing of arrivals: uniform or poisson' },
  { flags: '--max-in-flight <n>', text: 'bound on requests waiting or in flight; beyond it they are dropped and counted' },
  { flags: '-X, --method <verb>', text: 'request method', aliases: ['-m <verb>', '--request <verb>'] },
  { flags: '-H, --header <line>', text: 'request header `Name: value`; repeat it', many: true },
  { flags: '-b, --data <text>', text: 'request body', aliases: ['--body <text>'] },
  { flags: '--data-file <file>', text: 'request body from a file' },
  { flags: '-F, --form <part>', text: "part of a multipart form: name=text or 'name=@file;type=image/png'; repeat it", many: true },
  { flags: '--data-urlencode <name=value>', text: 'field of a form, encoded when sent; repeat it', many: true },
  { flags: '--send <text>', text: 'over ws:// and tcp://: what an iteration sends; without it an iteration opens a connection' },
  { flags: '--send-hex <digits>', text: 'the same as bytes, e.g. 0d0a' },
  { flags: '--stream <how>', text: 'the answer is a stream: sse (events) or chunks' },
  { flags: '--expect <answer>', text: "what ends an iteration: over ws:// and tcp:// any, none, echo, pong, 'contains \"id\"', 'until \"\\r\\n\"', 'bytes 7', 'matches \"^OK\"'; of a stream 'events 10', 'chunks 10', 'contains \"[DONE]\"', 'bytes 1000', end" },
  { flags: '--message <json>', text: 'over grpc://: the message; metadata by --header' },
  { flags: '--proto <file>', text: 'over grpc://: the .proto file of the service; without it the server is asked by reflection' },
  { flags: '--proto-path <folder>', text: 'where the .proto file finds what it imports; repeat it', many: true },
  { flags: '--curl <command>', text: 'take the request from a cURL command; - reads it from stdin' },
  { flags: '--http2', text: 'use HTTP/2' },
  { flags: '--http1', text: 'use HTTP/1.1' },
  { flags: '-k, --insecure', text: 'accept any certificate' },
  { flags: '--cert <file>', text: 'client certificate (PEM)' },
  { flags: '--key <file>', text: 'client key (PEM)' },
  { flags: '--cacert <file>', text: 'certificate authority (PEM)' },
  { flags: '--sni <name>', text: 'server name for TLS' },
  { flags: '--timeout <time>', text: 'bound on one request (10s)' },
  { flags: '--no-keepalive', text: 'a new connection for every request' },
  { flags: '--follow', text: 'follow redirects, at most 10' },
  { flags: '--proxy <url>', text: 'send through an HTTP proxy' },
  { flags: '--resolve <host:port:address>', text: 'where a name leads, instead of looking it up; repeat it', many: true },
  { flags: '--connect-to <host:port:host2:port2>', text: 'connect there instead; TLS and headers keep the name; repeat it', many: true },
  { flags: '--auth <type>', text: 'basic, bearer, api-key or oauth2 (client credentials)' },
  { flags: '-u, --user <name>', text: 'user of --auth basic, client id of --auth oauth2; never with the password' },
  { flags: '--auth-secret-env <name>', text: 'environment variable with the password, token, key or client secret (STAMPEDE_AUTH_SECRET)' },
  { flags: '--auth-secret-file <file>', text: 'file with it; - reads it from stdin' },
  { flags: '--auth-name <name>', text: 'of --auth api-key: name of the header or parameter (X-API-Key)' },
  { flags: '--auth-in <place>', text: 'of --auth api-key: header or query' },
  { flags: '--token-url <url>', text: 'of --auth oauth2: where to ask for the token' },
  { flags: '--scope <text>', text: 'of --auth oauth2' },
  { flags: '--audience <text>', text: 'of --auth oauth2' },
  { flags: '--credentials-in <place>', text: 'of --auth oauth2: header or body of the request for the token' },
  { flags: '--var <name=value>', text: 'what {{vars.name}} in the request stands for; repeat it', many: true },
  { flags: '--csv <file>', text: 'rows for {{name.column}}, name is that of the file or as in name=file; repeat it', many: true },
  { flags: '--csv-mode <mode>', text: 'how rows are used: sequential, random or unique (each at most once)' },
  { flags: '--check <expression>', text: "e.g. 'status == 200', 'body contains \"ok\"'; repeat it", many: true },
  { flags: '-l, --threshold <expression>', text: "e.g. 'p99<200ms', 'errors<1%'; k6 strings work; repeat it", aliases: ['--limit <expression>'], many: true },
  { flags: '--abort-on-fail', text: 'stop as soon as a threshold fails' },
  { flags: '--allow-saturated', text: 'judge the thresholds even when the generator gave way' },
  { flags: '--threads <n>', text: 'engine threads (default: by rate and cores)' },
  { flags: '--workers <n>', text: 'on a cluster: wait for so many other load nodes first (0)' },
  { flags: '--local', text: 'run on this machine even when a cluster is configured' },
  { flags: '--json', text: 'print one JSON document on stdout' },
  { flags: '--ndjson', text: 'print one JSON line per second, then the summary' },
  { flags: '-o, --out <format=file>', text: 'also write html=F, md=F, junit=F, csv=F, json=F, ndjson=F, k6=F or hgrm=F; repeat it', many: true },
  { flags: '--baseline <run>', text: 'compare with an earlier run: last, a run, or a file of results' },
  { flags: '-Q, --quiet', text: 'no progress' },
  { flags: '--no-color', text: 'no colours' },
  { flags: '--lang <language>', text: 'en or zh-CN', choices: ['en', 'zh-CN'] },
  { flags: '--name <name>', text: 'name of the task in the history' },
  { flags: '--tag <key=value>', text: 'tag the run; repeat it', many: true },
  { flags: '--explain', text: 'print every value and where it comes from, send nothing' },
  { flags: '--data-dir <folder>', text: 'where tasks and runs are kept' },
]

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value]

/** Adds the flags to a command; every one can also come from `STAMPEDE_<FLAG>`. */
export function addRunFlags(command: Command): Command {
  for (const row of ROWS) command.addOption(optionOf(row))
  addNodeFlags(command, '--node-name')
  for (const row of ROWS) for (const alias of row.aliases ?? []) addAlias(command, alias, new Option(row.flags).attributeName())
  return command
}

function optionOf(row: FlagRow): Option {
  const option = new Option(row.flags, row.text)
  if (row.choices !== undefined) option.choices(row.choices)
  if (row.many) option.argParser(collect)
  else if (!option.negate) option.env(environmentName(option.long ?? row.flags))
  return option
}

/** `--max-in-flight` → `STAMPEDE_MAX_IN_FLIGHT`. */
function environmentName(long: string): string {
  return `STAMPEDE_${long.replace(/^--/, '').replaceAll('-', '_').toUpperCase()}`
}

/** A hidden spelling that sets the same value. */
function addAlias(command: Command, flags: string, attribute: string): void {
  const alias = new Option(flags).hideHelp()
  command.addOption(alias)
  command.on(`option:${alias.name()}`, (value: string) => {
    command.setOptionValueWithSource(attribute, isMany(attribute) ? collect(value, command.getOptionValue(attribute) as string[] | undefined) : value, 'cli')
  })
}

function isMany(attribute: string): boolean {
  return ROWS.some((row) => row.many === true && new Option(row.flags).attributeName() === attribute)
}
