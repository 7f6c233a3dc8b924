import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'

let echo: Server
let proxy: FaultProxy
let client: Socket
let heard: string
let failure: string | null

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await startFaultProxy((echo.address() as AddressInfo).port)
  await join()
})

afterEach(async () => {
  client.destroy()
  await proxy.stop()
  echo.close()
})

async function join(): Promise<void> {
  heard = ''
  failure = null
  const socket = connect(proxy.port, '127.0.0.1')
  client = socket
  socket.on('data', (chunk: Buffer) => { if (socket === client) heard += chunk.toString() }).on('error', (error: NodeJS.ErrnoException) => { failure = error.code ?? '' })
  await once(client, 'connect')
}

test('passes everything on, in order', async () => {
  for (const word of ['one ', 'two ', 'three']) client.write(word)
  await expect.poll(() => heard).toBe('one two three')
})

test('what is held comes late, after the wire has healed, also on a connection that was opened meanwhile', async () => {
  proxy.hold()
  const earlier = client
  let heardEarlier = ''
  earlier.on('data', (chunk: Buffer) => { heardEarlier += chunk.toString() }).write('early')
  await join()
  client.write('later')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(heardEarlier).toBe('')
  proxy.heal()
  await expect.poll(() => [heardEarlier, heard]).toEqual(['early', 'later'])
  earlier.destroy()
})

test('held one way, requests arrive and answers do not', async () => {
  let got = ''
  echo.on('connection', (socket: Socket) => socket.on('data', (chunk: Buffer) => { got += chunk.toString() }))
  await join()
  proxy.hold('down')
  client.write('question')
  await expect.poll(() => got).toBe('question')
  expect(heard).toBe('')
})

test('a reset is felt at once, and the next connection works', async () => {
  proxy.reset()
  await expect.poll(() => failure).toBe('ECONNRESET')
  await join()
  client.write('again')
  await expect.poll(() => heard).toBe('again')
})

test('it refuses until it is healed', async () => {
  proxy.refuse()
  await join().catch(() => undefined) // it may be refused before it was there
  await expect.poll(() => failure).toBe('ECONNRESET')
  proxy.heal()
  await join()
  client.write('back')
  await expect.poll(() => heard).toBe('back')
})

test('it flips a bit here and there, and slows down', async () => {
  proxy.corrupt(4, 'up')
  proxy.throttle(100, 'down')
  client.write('aaaaaaaa')
  await expect.poll(() => heard).toBe('aaa`aaa`')
})

test('a connection whose far side has ended can still be written to', async () => {
  const ended = once(client, 'end')
  proxy.halfClose()
  await ended
  expect(client.destroyed).toBe(false)
})
