import type { TaskSpec } from '../../src/shared/task.ts'
import { requireTaskSpec } from '../../src/shared/task-schema.ts'
import type { Scene } from './scenes.ts'
import { scriptedTask, type Script } from './scripted-bridge.ts'
import { SPEC } from './synthetic-run.ts'

const USERS = { csv: 'users.csv', mode: 'unique', content: `id,name,email\n${Array.from({ length: 1000 }, (_, i) => `${String(i + 1)},user ${String(i + 1)},user${String(i + 1)}@shop.test`).join('\n')}\n` }
const COMMON = { load: { rate: 500, duration: '30s' }, thresholds: ['p99<200ms', 'errors<1%'] }

const HTTP = { ...COMMON, name: 'create-order', vars: { region: 'eu', shop: '12' }, env: { TOKEN: 's3cret' }, data: { users: USERS }, checks: ['status in 200-201', '$.items[0].sku == "A-1029"', 'header etag exists'], request: { ...SPEC.request, url: 'https://staging.shop.test/v1/orders?shop={{vars.shop}}', headers: { 'content-type': 'application/json', authorization: 'Bearer {{env.TOKEN}}' }, body: '{\n  "user": "{{users.id}}",\n  "items": [{ "sku": "A-1029", "qty": {{int 1 5}} }],\n  "note": "load test"\n}' } }
const TCP = { ...COMMON, name: 'redis-ping', checks: ['body == "+PONG\\r\\n"'], request: { url: 'tcp://127.0.0.1:6379', send: 'PING\r\n', expect: 'until "\\r\\n"' } }
const WEBSOCKET = { ...COMMON, name: 'chat-room', request: { url: 'wss://chat.shop.test/room/7', headers: { 'sec-websocket-protocol': 'chat' }, send: '{"say":"hello","n":{{seq}}}', expect: 'contains "hello"' } }

/** The editor with everything that a request can be. */
export function editorScenes(now: number, withTasks: () => Script): Record<string, () => Scene> {
  const scene = (task: object, act?: Scene['act']) => (): Scene => {
    const script = withTasks()
    script.tasks = [{ task: scriptedTask('t9', requireTaskSpec(task) satisfies TaskSpec, now), recent: [] }, ...script.tasks.slice(1)]
    return { path: '/tasks/t9', script, ...(act === undefined ? {} : { act }) }
  }
  return {
    'editor-http': scene(HTTP, tryOnce),
    'editor-headers': scene(HTTP, tab('headers')),
    'editor-data': scene(HTTP, tab('data')),
    'editor-variables': scene(HTTP, tab('variables')),
    'editor-transport': scene(HTTP, tab('transport')),
    'editor-tcp': scene(TCP),
    'editor-websocket': scene(WEBSOCKET),
  }
}

function tab(name: string): NonNullable<Scene['act']> {
  return (page) => page.querySelector<HTMLElement>(`[role="tab"][data-tab="${name}"]`)?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }))
}

/** Tries once, then chooses a value of the answer. */
function tryOnce(page: Document): void {
  page.querySelector<HTMLElement>('[data-testid="try-button"]')?.click()
  setTimeout(() => page.querySelectorAll<HTMLElement>('.value')[2]?.click(), 150)
}
