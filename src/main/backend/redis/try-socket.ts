import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'

interface Place {
  host: string
  port: number
}

const TIMEOUT_MS = 3000
const DAY_MS = 86_400_000

/** Opens a connection and closes it again. Rejects with what the network said, `ETIMEDOUT` after 3 s. */
export async function openTcp({ host, port }: Place): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS })
    socket.once('timeout', () => socket.destroy(new Error('ETIMEDOUT')))
    socket.once('error', reject)
    socket.once('connect', () => {
      resolve()
      socket.destroy()
    })
  })
}

/** Shakes hands and looks at the certificate. `ca`: PEM of its authority; empty: those that the system knows. */
export async function openTls({ host, port }: Place, ca: string): Promise<{ protocol: string; daysLeft: number }> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port, timeout: TIMEOUT_MS, ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca === '' ? {} : { ca }) })
    socket.once('timeout', () => socket.destroy(new Error('ETIMEDOUT')))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('Connection is closed')))
    socket.once('secureConnect', () => {
      const { valid_to: until } = socket.getPeerCertificate()
      resolve({ protocol: socket.getProtocol() ?? 'TLS', daysLeft: Math.floor((Date.parse(until) - Date.now()) / DAY_MS) })
      socket.destroy()
    })
  })
}
