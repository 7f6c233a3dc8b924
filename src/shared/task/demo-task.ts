import { TASK_SCHEMA, type TaskSpec } from './task.ts'

/** The task of the first run (`ux.md` §4.1): modest, short, with thresholds that its target holds. */
export function demoSpec(url: string): TaskSpec {
  return {
    schema: TASK_SCHEMA,
    name: 'demo',
    load: { rate: 500, duration: '30s' },
    request: { method: 'GET', url, headers: {} },
    checks: [],
    thresholds: ['p99<100ms', 'errors<1%'],
    transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false },
    tags: {},
  }
}
