import type { TaskSpec } from '../../src/shared/task/task.ts'
import { requireTaskSpec } from '../../src/shared/task/task-schema.ts'
import type { Scene } from './scenes.ts'
import { scriptedTask, type Script } from './scripted-bridge.ts'
import { SPEC } from './synthetic-run.ts'

const USERS = { csv: 'users.csv', mode: 'unique', content: `id,name,email\n${Array.from({ length: 1000 }, (_, i) => `${String(i + 1)},user ${String(i + 1)},user${String(i + 1)}@shop.test`).join('\n')}\n` }
const COMMON = { load: { rate: 500, duration: '30s' }, thresholds: ['p99<200ms', 'errors<1%'] }

const HTTP = { ...COMMON, name: 'create-order', vars: { region: 'eu', shop: '12' }, env: { TOKEN: 's3cret' }, data: { users: USERS }, checks: ['status in 200-201', '$.items[0].sku == "A-1029"', 'header etag exists'], request: { ...SPEC.request, url: 'https://staging.shop.test/v1/orders?shop={{vars.shop}}', headers: { 'content-type': 'application/json', authorization: 'Bearer {{env.TOKEN}}' }, body: '{\n  "user": "{{users.id}}",\n  "items": [{ "sku": "A-1029", "qty": {{int 1 5}} }],\n  "note": "load test"\n}' } }
const TCP = { ...COMMON, name: 'redis-ping', checks: ['body == "+PONG\\r\\n"'], request: { url: 'tcp://127.0.0.1:6379', send: 'PING\r\n', expect: 'until "\\r\\n"' } }
const WEBSOCKET = { ...COMMON, name: 'chat-room', request: { url: 'wss://chat.shop.test/room/7', headers: { 'sec-websocket-protocol': 'chat' }, send: '{"say":"hello","n":{{seq}}}', expect: 'contains "hello"' } }

const FLOW = { ...COMMON, name: 'login-flow', data: { users: USERS }, checks: ['duration < 2s'], auth: { type: 'oauth2', tokenUrl: 'https://login.shop.test/oauth/token', clientId: 'load-test', clientSecret: 's3cret', credentialsIn: 'header' }, steps: [
  { name: 'login', request: { method: 'POST', url: 'https://staging.shop.test/v1/session', form: { user: '{{users.name}}', password: 'x' } }, extract: { token: '$.token', session: 'cookie session' }, checks: ['status == 201'], thinkTime: '1s-3s' },
  { name: 'list orders', request: { url: 'https://staging.shop.test/v1/orders?limit=20', headers: { authorization: 'Bearer {{step.token}}' } }, extract: { order: '$.items[0].id' }, thinkTime: '500ms' },
  { name: 'upload receipt', request: { method: 'POST', url: 'https://staging.shop.test/v1/orders/{{step.order}}/receipt', multipart: [{ name: 'note', value: 'load test' }, { name: 'file', base64: 'AAECAwQF', filename: 'receipt.png', contentType: 'image/png' }] }, onFailure: 'continue' },
] }
const GRPC = { ...COMMON, name: 'get-order', request: { url: 'grpcs://orders.shop.test:443/shop.Orders/Get', headers: { 'x-tenant': 'a' }, message: '{\n  "id": "{{seq}}"\n}' } }
const STREAM = { ...COMMON, name: 'prices', request: { url: 'https://staging.shop.test/v1/prices', stream: 'sse', expect: 'events 10' } }

/** The editor with everything that a request can be. */
export function editorScenes(now: number, withTasks: () => Script): Record<string, () => Scene> {
  const scene = (task: object, act?: Scene['act'], prepare: (script: Script) => void = () => {}) => (): Scene => {
    const script = withTasks()
    prepare(script)
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
    'editor-grpc': scene(GRPC),
    'editor-stream': scene(STREAM, tab('answer')),
    'editor-steps': scene(FLOW, (page) => {
      tab('steps')(page)
      tryOnce(page)
    }, tried),
    'editor-auth': scene(FLOW, tab('auth')),
    'editor-form': scene(FLOW, tab('body')),
    'editor-multipart': scene(FLOW, (page) => {
      page.querySelectorAll<HTMLElement>('[data-testid="step-strip"] button')[2]?.click()
      setTimeout(() => tab('body')(page), 100)
    }),
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

/** What came of each step of the flow; the last one failed. */
function tried(script: Script): void {
  const { tryResult } = script
  if (tryResult === null) return
  const { lane: _, ...answer } = tryResult
  const step = (name: string, method: string, path: string, part: object) => ({ ...answer, name, method, url: `https://staging.shop.test${path}`, extracted: {}, ...part })
  tryResult.steps = [
    step('login', 'POST', '/v1/session', { extracted: { token: 'eyJhbGciOi', session: 'a81f' } }),
    step('list orders', 'GET', '/v1/orders?limit=20', { status: 200, extracted: { order: 'ord_8f21' } }),
    step('upload receipt', 'POST', '/v1/orders/ord_8f21/receipt', { status: 413, ok: false, checks: [{ expression: 'status < 400', ok: false, actual: '413' }], body: '{"error":"too large","max":1048576}' }),
  ]
}
