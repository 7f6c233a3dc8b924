import { protocolOf } from '../../../shared/task/protocol.ts'
import type { RequestSpec, TaskSpec } from '../../../shared/task/task.ts'
import type { Text } from './use-text.ts'

/** What a request is for, in short: `POST /v1/orders`, `WebSocket /room/7`, `TCP 10.0.0.5:6379`, `gRPC shop.Orders/Get`. */
export function targetText({ method, url }: Pick<RequestSpec, 'method' | 'url'>): string {
  const [, authority, path = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)/i.exec(url) ?? []
  if (authority === undefined) return `${method} ${url}`
  const protocol = protocolOf(url)
  switch (protocol) {
    case 'http': return `${method} ${path === '' ? '/' : path}`
    case 'websocket': return `WebSocket ${path === '' ? '/' : path}`
    case 'tcp': return `TCP ${authority}`
    case 'grpc': return `gRPC ${path.replace(/^\//, '')}`
    default: return protocol satisfies never
  }
}

/** What a task does, as lists show it. */
export function taskText({ request, steps }: Pick<TaskSpec, 'request' | 'steps'>, t: Text['t']): string {
  return steps === undefined ? targetText(request) : t('tasks.steps', { n: steps.length })
}
