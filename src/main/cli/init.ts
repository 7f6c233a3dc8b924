import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '../../shared/errors.ts'
import { taskFileSchema } from '../../shared/task-file-schema.ts'
import { dataDirOf } from '../config.ts'

const TEMPLATE = `# A Stampede task. Run it:  stampede run task.yaml
schema: stampede.task/1
name: my-first-task

load:
  rate: 100/s            # iterations per second, held exactly (open model)
  duration: 30s
  # ramp: 5s             # rise linearly to the rate at the start
  # warmup: 5s           # runs before, kept out of the result
  # arrivals: poisson    # spacing of arrivals; default: uniform
  # stages:              # instead of rate and duration
  #   - { duration: 10s, target: 500 }
  #   - { duration: 1m, target: 500 }
  # connections: 50      # without a rate: closed model with 50 virtual users

request:
  method: GET
  url: http://127.0.0.1:8080/
  headers:
    accept: application/json
  # body: '{"user": 1}'

checks:
  - status == 200
  # - body contains "ok"
  # - duration < 500ms

thresholds:              # what makes the run pass; exit code 99 otherwise
  - p99 < 200ms
  - errors < 1%

transport:
  timeout: 10s
  keepAlive: true
`

/** `stampede init`: a commented task file. Never overwrites. */
export async function init(file: string): Promise<number> {
  try {
    await writeFile(file, `${await schemaLine()}${TEMPLATE}`, { flag: 'wx' })
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw new AppError('bad-input', taken ? `${file} is already there; nothing was written.` : `Cannot write ${file}: ${String((cause as Error).message)}.`, { hint: 'Give another name: stampede init other.yaml', cause })
  }
  process.stdout.write(`Wrote ${file}. Next: set the URL, then\n  stampede run ${file}\n`)
  return 0
}

/**
 * The line by which editors complete the file. The schema lies in the data folder: there it is a plain file wherever the
 * product itself is packed into one, and as new as whoever wrote it last. Without a folder to write to there is no line.
 */
async function schemaLine(): Promise<string> {
  const folder = dataDirOf(undefined)
  const path = join(folder, 'task.schema.json')
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(path, `${JSON.stringify(taskFileSchema(), null, 2)}\n`)
    return `# yaml-language-server: $schema=${pathToFileURL(path).href}\n`
  } catch {
    return ''
  }
}
