import type { RequestSpec } from '../../../shared/task.ts'

/** Method and path, as lists show a request: `POST /v1/orders`. */
export function shortTarget({ method, url }: Pick<RequestSpec, 'method' | 'url'>): string {
  return `${method} ${pathOf(url)}`
}

function pathOf(url: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1]
  if (path === undefined) return url
  return path === '' ? '/' : path
}
