import { writeTaskFile } from './task-file.ts'

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
  await writeTaskFile(file, TEMPLATE, 'Give another name: stampede init other.yaml')
  process.stdout.write(`Wrote ${file}. Next: set the URL, then\n  stampede run ${file}\n`)
  return 0
}
