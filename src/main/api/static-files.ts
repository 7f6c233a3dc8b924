import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** Everything from ourselves; styles also inline, because charts and menus place themselves by style attributes. */
const CONTENT_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Files of the built console, never anything beside them. Assets carry a hash in their name and may be kept for ever. */
export async function sendFile(response: ServerResponse, folder: string, path: string, bodyWanted: boolean): Promise<void> {
  const content = await read(folder, path === '/' ? '/index.html' : path)
  if (content === null) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is no such page.\n')
    return
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(path) || '.html'] ?? 'application/octet-stream',
    'content-length': content.length,
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
    'content-security-policy': CONTENT_POLICY,
  })
  response.end(bodyWanted ? content : undefined)
}

async function read(folder: string, path: string): Promise<Buffer | null> {
  const name = decoded(path)
  // URL parsing has resolved `..`; what is left of it was written in disguise.
  if (name === null || name.includes('\0') || name.split(/[/\\]/).includes('..')) return null
  const file = join(folder, name)
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? readFile(file).catch(() => null) : null
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
