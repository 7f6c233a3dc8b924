import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificates } from './certificates.ts'
import { freePort } from './ports.ts'

export interface Nginx {
  url: string
  /** The same over TLS with HTTP/2, by `certificates().good`. */
  http2Url: string
  pid: number
  /** Requests it has answered so far outside /status, by its own count. */
  requests(): Promise<number>
  /** When it answered each request outside /status, ms since the epoch, ascending; it must have been started with `log`. `ports`: only from these. */
  arrivals(ports?: ReadonlySet<number>): number[]
  stop(): Promise<void>
}

/**
 * A real nginx from Debian on free loopback ports, with one worker and a 100-byte answer. `log`: writes down every arrival.
 * @param keepaliveRequests after so many requests it ends a connection, with HTTP/2 by GOAWAY.
 */
export async function startNginx({ log = false, keepaliveRequests = 100_000_000 }: { log?: boolean; keepaliveRequests?: number } = {}): Promise<Nginx> {
  const [port, tlsPort] = [await freePort(), await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'stampede-nginx-'))
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, tlsPort, log, keepaliveRequests))
  writeFileSync(join(folder, 'cert.pem'), certificates().good.cert)
  writeFileSync(join(folder, 'key.pem'), certificates().good.key)
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
  let asked = await untilAnswers(`http://127.0.0.1:${port}/status`)
  return {
    url: `http://127.0.0.1:${port}/`,
    http2Url: `https://127.0.0.1:${tlsPort}/`,
    pid: child.pid ?? 0,
    async requests() {
      const text = await (await fetch(`http://127.0.0.1:${port}/status`)).text()
      asked += 1
      return Number(/\n (\d+) (\d+) (\d+) /.exec(text)?.[3]) - asked
    },
    arrivals: (ports) => arrivalsIn(join(folder, 'instants.log'), ports),
    async stop() {
      child.kill('SIGQUIT')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function arrivalsIn(file: string, ports?: ReadonlySet<number>): number[] {
  const lines = readFileSync(file, 'latin1').split('\n').slice(0, -1).map((line) => line.split(' ').map(Number))
  return lines.filter(([, port = 0]) => ports?.has(port) ?? true).map(([second = 0]) => second * 1000).sort((a, b) => a - b)
}

function configuration(port: number, tlsPort: number, log: boolean, keepaliveRequests: number): string {
  return `
user root;
worker_processes 1;
worker_rlimit_nofile 20000;
pid nginx.pid;
error_log error.log crit;
events { worker_connections 8192; }
http {
  access_log off;
  log_format instant '$msec $remote_port';
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  keepalive_requests ${keepaliveRequests};
  ssl_certificate cert.pem;
  ssl_certificate_key key.pem;
  keepalive_timeout 300s;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    listen 127.0.0.1:${tlsPort} ssl http2;
    location / { ${log ? 'access_log instants.log instant; ' : ''}return 200 '{"ok":true,"pad":"0123456789012345678901234567890123456789012345678901234567890123456789012345678"}\\n'; }
    location /busy { return 503 'busy'; }
    location /status { stub_status; }
  }
}`
}

/** Resolves with the number of requests that were answered (the last one). */
async function untilAnswers(url: string): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answered = await fetch(url).then((response) => response.ok, () => false)
    if (answered) return 1
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`nginx does not answer; is it installed? ${execFileSync('sh', ['-c', 'command -v nginx || true']).toString()}`)
}
