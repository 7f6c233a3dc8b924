import type { IncomingMessage } from 'node:http'

/** A task with the largest body (4 MiB as base64) and the most data (4 Mi characters of three bytes) fits. */
const MAX_BYTES = 24 * 2 ** 20

export type JsonBody = { ok: true; value: unknown } | { ok: false; status: number; message: string; hint: string }

/**
 * Reads the JSON body of a command. Only under the JSON content type: a form of another site cannot send that
 * without asking the browser first, and the browser would be told no.
 * @param mostBytes of the body; default: what a task may have.
 */
export async function readJson(request: IncomingMessage, mostBytes: number = MAX_BYTES): Promise<JsonBody> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') return { ok: false, status: 415, message: 'A command is a JSON object.', hint: 'Send it with `Content-Type: application/json`.' }
  const text = await readBounded(request, mostBytes)
  if (text === null) return { ok: false, status: 413, message: `The body is larger than ${mostBytes / 2 ** 20} MiB.`, hint: 'Make it smaller.' }
  try {
    return { ok: true, value: text.trim() === '' ? {} : JSON.parse(text) }
  } catch (error) {
    return { ok: false, status: 400, message: 'The body is not valid JSON.', hint: `${(error as Error).message}.` }
  }
}

/** Null as soon as it is known to be too large; the rest is not read. */
async function readBounded(request: IncomingMessage, mostBytes: number): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) return null
  const chunks: Buffer[] = []
  let length = 0
  // Leaving the loop must not destroy the connection: the refusal still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
