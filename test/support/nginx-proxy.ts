import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificates } from './certificates.ts'
import { freePort } from './ports.ts'

export interface NginxProxy {
  /** Without credentials. */
  url: string
  /** The same over TLS, by `certificates().good`. */
  secureUrl: string
  /** Request line and status of each request, in order. */
  requests(): string[]
  stop(): Promise<void>
}

/** A real nginx as a forward proxy for plain HTTP, which asks for `me:secret`. */
export async function startNginxProxy(): Promise<NginxProxy> {
  const [port, tlsPort] = [await freePort(), await freePort()]
  const folder = mkdtempSync(join(tmpdir(), 'stampede-nginx-proxy-'))
  writeFileSync(join(folder, 'nginx.conf'), configuration(port, tlsPort))
  writeFileSync(join(folder, 'cert.pem'), certificates().good.cert)
  writeFileSync(join(folder, 'key.pem'), certificates().good.key)
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
  await listening(tlsPort)
  return {
    url: `http://127.0.0.1:${port}`,
    secureUrl: `https://localhost:${tlsPort}`,
    requests: () => readFileSync(join(folder, 'requests.log'), 'utf8').split('\n').filter((line) => line !== ''),
    async stop() {
      child.kill('SIGQUIT')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configuration(port: number, tlsPort: number): string {
  return `
user root;
worker_processes 1;
pid nginx.pid;
error_log error.log crit;
events { worker_connections 1024; }
http {
  log_format line '$request $status';
  access_log requests.log line;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ssl_certificate cert.pem;
  ssl_certificate_key key.pem;
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${tlsPort} ssl;
    location / {
      if ($http_proxy_authorization != "Basic ${Buffer.from('me:secret').toString('base64')}") { return 407; }
      proxy_set_header Host $http_host;
      proxy_set_header Proxy-Authorization "";
      proxy_pass http://$http_host$request_uri;
    }
  }
}`
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const socket = connect(port, '127.0.0.1')
    const open = await once(socket, 'connect').then(() => true, () => false)
    socket.destroy()
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('nginx does not listen; is it installed?')
}
