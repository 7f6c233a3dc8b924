import { createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * A target that writes down when each request arrived. Raw sockets and one prepared answer, so that it stays far from
 * its own limit at 20,000 requests per second. Started by `start-recording.ts`, which speaks with it over IPC.
 *
 *   recording-target.ts [freeze ms = 0] [every ms = 5000] [first after ms = 2000]
 *
 * With a freeze, everything that arrives in it is answered at its end: a stall whose truth is known.
 */
const [freezeMs = 0, everyMs = 5000, firstMs = 2000] = process.argv.slice(2).map(Number)

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)
const BODY = `{"ok":true,"pad":"${'0'.repeat(80)}"}`
const ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`)
/** Arrivals beyond this many are counted and answered, but not written down. */
const KEPT = 1_000_000

const arrivals = new Float64Array(KEPT)
let count = 0
let frozen: Socket[] = []

function arrive(socket: Socket): void {
  const now = performance.timeOrigin + performance.now()
  if (count < KEPT) arrivals[count] = now
  count++
  const thawsIn = freezeMs > 0 ? thaw(now - (arrivals[0] ?? now)) : 0
  if (thawsIn === 0) return void socket.write(ANSWER)
  if (frozen.push(socket) === 1) setTimeout(answerFrozen, thawsIn)
}

/** How long a request that arrives `ms` after the first one has to wait. */
function thaw(ms: number): number {
  const phase = (ms - firstMs) % everyMs
  return ms >= firstMs && phase < freezeMs ? freezeMs - phase : 0
}

function answerFrozen(): void {
  const waiting = frozen
  frozen = []
  for (const socket of waiting) socket.write(ANSWER)
}

const server = createServer({ noDelay: true }, (socket) => {
  let rest = NOTHING
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (let at = bytes.indexOf(END_OF_HEAD); at >= 0; at = bytes.indexOf(END_OF_HEAD, from)) {
      from = at + END_OF_HEAD.length
      arrive(socket)
    }
    rest = from === bytes.length ? NOTHING : bytes.subarray(from)
  })
})

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => {
  process.send?.({ count, arrivals: arrivals.slice(0, Math.min(count, KEPT)) })
  count = 0
})
process.on('disconnect', () => process.exit(0))
