import { Command, CommanderError } from 'commander'
import { AppError } from '../../shared/errors.ts'
import { VERSION } from '../version.ts'
import type { CapacityFlags } from './capacity.ts'
import type { CompareFlags } from './compare.ts'
import type { Entries } from './context.ts'
import { addClusterFlags, addNodeFlags, type NodeFlags } from './cluster-flags.ts'
import { EXIT, exitCodeOfError } from './exit-codes.ts'
import type { ImportFlags } from './import.ts'
import type { ReportFlags } from './report.ts'
import { addRunFlags, type RunFlags } from './run-flags.ts'
import type { SentinelFlags } from './sentinel.ts'
import type { ServeFlags } from './serve.ts'
import type { StoreFlags } from './store.ts'
import type * as Tasks from './tasks.ts'
import type { WorkerFlags } from './worker.ts'

const DATA_DIR = 'where tasks and runs are kept'

const HELP = `
Examples:
  stampede demo
  stampede run https://staging.example.test/ -r 500 -d 30s --threshold 'p99<200ms'
  stampede serve --open
  stampede worker --redis redis://10.0.0.5:6379 --secret-file cluster.secret
`

/** Parses the arguments, runs the command, resolves with the exit code (`cli.md`). Never throws. */
export async function runCommandLine(argv: string[], entries: Entries): Promise<number> {
  let exitCode: number = EXIT.passed
  const program = build(entries, (code) => { exitCode = code })
  try {
    if (argv.length === 0) program.outputHelp()
    else await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return report(error)
  }
}

function build(entries: Entries, done: (code: number) => void): Command {
  const program = new Command('stampede').description('Load testing that holds its rate and says whether the result can be trusted.').version(VERSION).exitOverride().addHelpText('after', HELP)
  addRunFlags(program.command('run').argument('[url|task.yaml|-]').description('one run, on this machine or on a cluster'))
    .action(async (target: string | undefined, flags: RunFlags, command: Command) => done(flags.explain === true ? await (await import('./explain.ts')).explain(target, command) : await (await import('./run.ts')).run(target, flags, entries)))
  addRunFlags(program.command('demo').description('run against the built-in target with a known latency law'))
    .action(async (flags: RunFlags) => done(await (await import('./demo.ts')).demo(flags, entries)))
  addRunFlags(program.command('capacity').argument('[url|task.yaml|-]').description('find the highest rate at which the thresholds hold; begins at --rate')
    .option('--ceiling <rate>', 'highest rate to try').option('--hold <time>', 'how long each rate is measured', '20s'))
    .action(async (target: string | undefined, flags: CapacityFlags) => done(await (await import('./capacity.ts')).capacity(target, flags, entries)))
  program.command('demo-target', { hidden: true }).action(async () => done(await (await import('./demo.ts')).serveTarget()))
  addServe(program, entries, done)
  addMembers(program, entries, done)
  addTasks(program, entries, done)
  addHistory(program, done)
  addResults(program, done)
  program.command('init').argument('[file]', 'where to write', 'task.yaml').description('write a commented task file').action(async (file: string) => done(await (await import('./init.ts')).init(file)))
  addImport(program, done)
  addClusterFlags(program.command('nodes').description('who is in the cluster, who leads, and why').option('--data-dir <folder>', DATA_DIR).option('--json', 'print JSON'))
    .action(async (flags: StoreFlags) => done(await (await import('./nodes.ts')).nodes(flags)))
  addClusterFlags(program.command('doctor').description('check this machine and the way to the cluster').option('--data-dir <folder>', DATA_DIR).option('--json')).action(async (flags: StoreFlags) => done(await (await import('./doctor.ts')).doctor(flags)))
  for (const command of program.commands) command.exitOverride()
  return program
}

function addImport(program: Command, done: (code: number) => void): void {
  const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]
  program.command('import').description('write a task file from what another program has: curl, har, openapi, postman, k6, vegeta or auto')
    .argument('<format>').argument('<file|->')
    .option('-o, --output <task.yaml>', 'where to write; default: standard output').option('--server <url>', 'send to this base URL instead; for OpenAPI also a part of the name of one of its servers')
    .option('--select <request>', "which requests, e.g. 'GET /orders/*'; repeatable", collect).option('--no-think-time', 'leave the pauses of a recording out').option('--lang <language>', 'en or zh-CN')
    .action(async (format: string, file: string, flags: ImportFlags) => done(await (await import('./import.ts')).importFile(format, file, flags)))
}

function addServe(program: Command, entries: Entries, done: (code: number) => void): void {
  addNodeFlags(program.command('serve').description('console and HTTP API, of this machine or of a cluster')
    .option('--port <n>', 'port, 0 for a free one', '7410').option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--open', 'open the browser').option('--data-dir <folder>', DATA_DIR))
    .action(async (flags: Named<ServeFlags>) => done(await (await import('./serve.ts')).serve(named(flags), entries)))
}

function addMembers(program: Command, entries: Entries, done: (code: number) => void): void {
  addNodeFlags(program.command('worker').description('join a cluster as a load node, and stay')
    .option('--may-lead', 'it may become master').option('--threads <n>', 'engine threads (default: by rate and cores)').option('--data-dir <folder>', 'where its id is kept'))
    .action(async (flags: Named<WorkerFlags>) => done(await (await import('./worker.ts')).worker(named(flags), entries)))
  addNodeFlags(program.command('sentinel').description('join a cluster as a watcher of its master, and stay')
    .option('--sentinels <n>', 'how many there should be in all', '3').option('--data-dir <folder>', 'where its id is kept'))
    .action(async (flags: Named<SentinelFlags>) => done(await (await import('./sentinel.ts')).sentinel(named(flags))))
}

type Named<T> = T & { name?: string }

/** `--name` is the node's, where it is not the task's. */
function named<T extends NodeFlags>({ name, ...flags }: Named<T>): T {
  return { ...flags, ...(name === undefined ? {} : { nodeName: name }) } as unknown as T
}

/** A command on the store: its arguments as words, its flags. */
type StoreCommand = (tasks: typeof Tasks, words: string[], flags: StoreFlags & { all?: boolean }) => Promise<number>

function addTasks(program: Command, entries: Entries, done: (code: number) => void): void {
  const task = program.command('task').description('operate the stored tasks, of this machine or of a cluster').exitOverride()
  const add = (parent: Command, usage: string, text: string, run: StoreCommand): Command => {
    const [name = '', ...words] = usage.split(' ')
    const command = addClusterFlags(parent.command(name).description(text).option('--data-dir <folder>', DATA_DIR).option('--json', 'print JSON').exitOverride())
    for (const word of words) command.argument(word)
    return command.action(async () => done(await run(await import('./tasks.ts'), command.args, command.opts())))
  }
  add(task, 'list', 'all tasks', (tasks, _words, flags) => tasks.list(flags))
  add(task, 'show <task>', 'one task as a task file', (tasks, [id = ''], flags) => tasks.show(id, flags))
  add(task, 'create <task.yaml>', 'store a task file', (tasks, [file = ''], flags) => tasks.create(file, flags))
  add(task, 'start <task>', 'run a stored task: here to its end, on a cluster as an order', (tasks, [id = ''], flags) => tasks.start(id, flags, entries))
  add(task, 'stop <task>', 'stop its run', (tasks, [id = ''], flags) => tasks.stop(id, flags))
  add(task, 'rate <task> <n>', 'change the rate of its run', (tasks, [id = '', rate = ''], flags) => tasks.rate(id, rate, flags))
  add(task, 'delete <task>', 'delete it; its runs stay', (tasks, [id = ''], flags) => tasks.remove(id, flags))
  add(program, 'stop [run]', 'stop a live run', (tasks, [id], flags) => tasks.stopRun(id, flags)).option('--all', 'stop every live run')
  add(program, 'rate <run> <n>', 'change the rate of a live run', (tasks, [id = '', rate = ''], flags) => tasks.rateOfRun(id, rate, flags))
}

function addHistory(program: Command, done: (code: number) => void): void {
  const history = addClusterFlags(program.command('history')).description('stored runs').option('--data-dir <folder>').option('--json').option('--limit <n>', 'newest n', '20').option('--lang <language>', 'en or zh-CN')
  history.argument('[run]', 'show one run').action(async (id: string | undefined, flags: StoreFlags & { limit: string; lang?: string }) => done(await (await import('./history.ts')).history(id, flags)))
}

/** What can be made of finished runs. */
function addResults(program: Command, done: (code: number) => void): void {
  const add = (usage: string, text: string): Command => addClusterFlags(program.command(usage).description(text).option('--data-dir <folder>', DATA_DIR).option('--lang <language>', 'en or zh-CN'))
  add('report <run>', 'a stored run, or a file of results, as one document')
    .option('-o, --out <file>', 'where to write; stdout by default').option('--format <form>', 'html, md, junit, csv, json, k6 or hgrm (default: by the ending of the file)').option('--baseline <run>', 'compare it with a run, or a file of results')
    .action(async (wanted: string, flags: ReportFlags) => done(await (await import('./report.ts')).report(wanted, flags)))
  add('compare <runs...>', 'runs, or files of results, against the first of them')
    .option('--json', 'print JSON').option('--fail-on <verdict>', 'exit 99 if one is worse, beyond noise: worse').option('--no-color', 'no colours')
    .action(async (wanted: string[], flags: CompareFlags) => done(await (await import('./compare.ts')).compare(wanted, flags)))
}

/** Every refusal in one form: what, where, and the cure. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.badInput
  if (!(error instanceof AppError)) {
    process.stderr.write(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    return EXIT.internal
  }
  process.stderr.write(`${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}\n`)
  for (const problem of error.problems) process.stderr.write(`  ${problem.path}: ${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}\n`)
  return exitCodeOfError(error)
}
