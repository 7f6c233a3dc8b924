import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** PEM texts, as Node's tls takes them. */
export interface Certificate {
  key: string
  cert: string
}

export interface Certificates {
  /** The authority that signed all of the following but `selfSigned`. */
  ca: string
  /** For localhost, 127.0.0.1 and ::1. */
  good: Certificate
  /** As good, but its time ended in 2020. */
  expired: Certificate
  /** For other.example only. */
  wrongHost: Certificate
  /** For localhost, signed by nobody that anyone knows. */
  selfSigned: Certificate
  /** A client's. */
  client: Certificate
}

const LOCAL = 'DNS:localhost,IP:127.0.0.1,IP:::1'

/** `openssl ca` is the only part of OpenSSL 3.0 that lets one choose the dates. */
const CONFIG = `
[ca]
default_ca = own
[own]
new_certs_dir = .
database = index.txt
rand_serial = yes
default_md = sha256
policy = anything
copy_extensions = copy
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = name
[name]
`

let made: Certificates | undefined

/** Makes them with the openssl of the machine, once per process, in about a quarter of a second. */
export function certificates(): Certificates {
  made ??= make()
  return made
}

function make(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-certificates-'))
  try {
    writeFileSync(join(folder, 'ca.cnf'), CONFIG)
    writeFileSync(join(folder, 'index.txt'), '')
    const ca = selfSigned(folder, 'ca', 'basicConstraints=critical,CA:TRUE')
    return {
      ca: ca.cert,
      good: signed(folder, 'good', LOCAL),
      expired: signed(folder, 'expired', LOCAL, ['-startdate', '20190101000000Z', '-enddate', '20200101000000Z']),
      wrongHost: signed(folder, 'other', 'DNS:other.example'),
      selfSigned: selfSigned(folder, 'lonely', `subjectAltName=${LOCAL}`),
      client: signed(folder, 'client', 'DNS:client.example'),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function selfSigned(folder: string, name: string, extension: string): Certificate {
  openssl(folder, ['req', '-x509', ...newKey(name), '-days', '30', '-subj', `/CN=${name}`, '-addext', extension, '-out', `${name}.pem`])
  return read(folder, name)
}

function signed(folder: string, name: string, subjectAltName: string, dates = ['-days', '30']): Certificate {
  openssl(folder, ['req', ...newKey(name), '-config', 'ca.cnf', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`, '-out', `${name}.csr`])
  openssl(folder, ['ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', ...dates, '-in', `${name}.csr`, '-out', `${name}.pem`])
  return read(folder, name)
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`]
}

function read(folder: string, name: string): Certificate {
  return { key: readFileSync(join(folder, `${name}.key`), 'utf8'), cert: readFileSync(join(folder, `${name}.pem`), 'utf8') }
}

function openssl(folder: string, args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
}
