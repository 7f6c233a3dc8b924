import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf } from '../proc.ts'
import { end, startOn } from '../started.ts'
import { freePorts } from './free-ports.ts'

export interface Nginx {
  /** Over HTTP, without a slash at the end. `/` answers 100 bytes, `/10k` 10,240, `/login` sets a cookie and gives a token. */
  url: string
  tlsUrl: string
  /** Over TLS with HTTP/2. */
  http2Url: string
  /** Its processes: the one that answers, and its master. */
  pids: number[]
  /** Requests got so far, by its own count, without those of this function. */
  requests(): Promise<number>
  stop(): Promise<void>
}

/** One worker on one core: the target that every contestant can be measured with. @param scratch folder for its files. */
export async function startNginx(core: number, scratch: string): Promise<Nginx> {
  const [port = 0, tlsPort = 0, http2Port = 0] = await freePorts(3)
  const folder = mkdtempSync(join(scratch, 'nginx-'))
  prepare(folder, [port, tlsPort, http2Port])
  const child = startOn(core, ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const url = `http://127.0.0.1:${port}`
  let asked = 0
  const requests = async (): Promise<number> => Number(/\n (\d+) (\d+) (\d+) /.exec(await ask(`${url}/status`, agent))?.[3]) - ++asked
  await untilAnswers(requests)
  return {
    url,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
    http2Url: `https://127.0.0.1:${http2Port}`,
    pids: [child.pid ?? 0, ...childrenOf(child.pid ?? 0)],
    requests,
    async stop() {
      agent.destroy()
      await end(child, 'SIGQUIT')
    },
  }
}

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => get(url, { agent }, (response) => resolve(text(response))).on('error', reject))
}

async function untilAnswers(requests: () => Promise<number>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await requests().then(() => true, () => false)) return
    await sleep(25)
  }
  throw new Error('nginx does not answer; is it installed? (Debian: apt-get install nginx-light)')
}

function prepare(folder: string, ports: readonly number[]): void {
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(folder, 'key.pem')]
  execFileSync('openssl', ['req', '-x509', ...key, '-out', join(folder, 'cert.pem'), '-days', '30', ...name], { stdio: 'ignore' })
  mkdirSync(join(folder, 'html'))
  writeFileSync(join(folder, 'html', '10k'), 'x'.repeat(10_240))
  writeFileSync(join(folder, 'nginx.conf'), configuration(ports))
}

function configuration([port, tlsPort, http2Port]: readonly number[]): string {
  return `
user root;
worker_processes 1;
worker_rlimit_nofile 16384;
pid nginx.pid;
error_log error.log crit;
events { worker_connections 8192; use epoll; multi_accept on; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  client_body_buffer_size 64k;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  tcp_nodelay on;
  open_file_cache max=100 inactive=600s;
  open_file_cache_valid 600s;
  ssl_certificate cert.pem;
  ssl_certificate_key key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    listen 127.0.0.1:${tlsPort} ssl backlog=4096;
    listen 127.0.0.1:${http2Port} ssl http2 backlog=4096;
    location / { default_type application/json; return 200 '{"ok":true,"pad":"0123456789012345678901234567890123456789012345678901234567890123456789012345678"}\\n'; }
    location = /login { default_type application/json; add_header Set-Cookie "sid=0123456789abcdef; Path=/; HttpOnly"; return 200 '{"user":{"id":7,"name":"Ada"},"token":"0123456789abcdef0123456789abcdef"}'; }
    location = /10k { root html; output_buffers 1 32k; }
    location = /status { stub_status; }
  }
}`
}
