import type { IncomingMessage } from 'node:http'

/** A task with the largest body (4 MiB as base64) and the most data (4 Mi characters of three bytes) fits. */
const MAX_BYTES = 24 * 2 ** 20

export type JsonBody = { ok: true; value: unknown } | { ok: false; status: number; message: string; hint: string }

/**
 * Reads the JSON body of a command. Only under the JSON content type: a form of another site cannot send that
 * without asking the browser first, and the browser would be told no.
 */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') return { ok: false, status: 415, message: 'A command is a JSON object.', hint: 'Send it with `Content-Type: application/json`.' }
  const text = await readBounded(request)
  if (text === null) return { ok: false, status: 413, message: 'The body is larger than 24 MiB.', hint: 'Make the task smaller.' }
  try {
    return { ok: true, value: text.trim() === '' ? {} : JSON.parse(text) }
  } catch (error) {
    return { ok: false, status: 400, message: 'The body is not valid JSON.', hint: `${(error as Error).message}.` }
  }
}

/** Null as soon as it is known to be too large; the rest is not read. */
async function readBounded(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) return null
  const chunks: Buffer[] = []
  let length = 0
  // Leaving the loop must not destroy the connection: the refusal still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
