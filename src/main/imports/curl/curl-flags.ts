import type { Word } from './word-list.ts'

/** curl's command line read as curl reads it (man curl, version 8): which flags there are and which take a value. */

export interface CurlFlag {
  /** Long name without dashes, e.g. `data-raw`; as written when curl does not know it. */
  name: string
  /** As written, for messages: `-d`, `--data-raw`. */
  written: string
  value: string
  known: boolean
}

export interface CurlLine {
  flags: CurlFlag[]
  urls: Word[]
  /** A flag at the end whose value is missing. */
  incomplete: CurlFlag | null
}

const WITH_VALUE = `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie cookie-jar
create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url
dump-header ech egd-file engine etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port
ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt
keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file
noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert
proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers
proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry
retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option
tftp-blksize time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query user
user-agent variable vlan-priority write-out sigalgs ssl-sessions upload-flags`
const WITHOUT_VALUE = `anyauth append basic ca-native cert-status clear-fail compressed compressed-ssh create-dirs crlf digest disable disable-eprt disable-epsv
disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body false-start form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip
ftp-ssl-ccc ftp-ssl-control get globoff haproxy-protocol head help http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length
insecure ipv4 ipv6 junk-session-cookies keepalive list-only location location-trusted manual mptcp negotiate netrc netrc-optional next ntlm ntlm-wb parallel
parallel-immediate path-as-is post301 post302 post303 progress-bar progress-meter proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2
proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw remote-header-name remote-name
remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused sasl-ir show-error show-headers silent socks5-basic socks5-gssapi
socks5-gssapi-nec skip-existing ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2 sslv3 styled-output
suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose
version xattr include buffer alpn npn sessionid`
const SHORT: Record<string, string> = {
  '0': 'http1.0', '1': 'tlsv1', '2': 'sslv2', '3': 'sslv3', '4': 'ipv4', '6': 'ipv6', '#': 'progress-bar', ':': 'next',
  A: 'user-agent', B: 'use-ascii', C: 'continue-at', D: 'dump-header', E: 'cert', F: 'form', G: 'get', H: 'header', I: 'head', J: 'remote-header-name',
  K: 'config', L: 'location', M: 'manual', N: 'no-buffer', O: 'remote-name', P: 'ftp-port', Q: 'quote', R: 'remote-time', S: 'show-error', T: 'upload-file',
  U: 'proxy-user', V: 'version', X: 'request', Y: 'speed-limit', Z: 'parallel',
  a: 'append', b: 'cookie', c: 'cookie-jar', d: 'data', e: 'referer', f: 'fail', g: 'globoff', h: 'help', i: 'include', j: 'junk-session-cookies',
  k: 'insecure', l: 'list-only', m: 'max-time', n: 'netrc', o: 'output', p: 'proxytunnel', q: 'disable', r: 'range', s: 'silent', t: 'telnet-option',
  u: 'user', v: 'verbose', w: 'write-out', x: 'proxy', y: 'speed-time', z: 'time-cond',
}
const takesValue = new Map([...words(WITH_VALUE).map((name) => [name, true] as const), ...words(WITHOUT_VALUE).map((name) => [name, false] as const)])

/** @param line the words after `curl`. */
export function readCurlLine(line: readonly Word[]): CurlLine {
  const result: CurlLine = { flags: [], urls: [], incomplete: null }
  const queue = [...line].reverse()
  let flagsOver = false
  for (let word = queue.pop(); word !== undefined; word = queue.pop()) {
    const text = word.text.replace(/^[–—](?=[a-z])/, '--')
    if (flagsOver || text === '-' || !text.startsWith('-')) result.urls.push(word)
    else if (text === '--') flagsOver = true
    else if (text.startsWith('--')) readLong(text, queue, result)
    else readShort(text, queue, result)
  }
  return result
}

function readLong(written: string, queue: Word[], result: CurlLine): void {
  const [, typed = '', glued] = /^--([^=]*)(?:=([^]*))?$/.exec(written) ?? []
  const name = fullName(typed)
  const takes = takesValue.get(name) ?? (isSwitchedOff(name) ? false : undefined)
  if (takes === undefined) return void result.flags.push({ name, written: `--${typed}`, value: glued ?? unknownValue(queue), known: false })
  addFlag(result, { name, written: `--${typed}`, value: '', known: true }, takes, glued, queue)
}

/** `-sSLk`, `-XPOST`, `-d@file`: one letter after the other until one takes the rest as its value. */
function readShort(written: string, queue: Word[], result: CurlLine): void {
  const letters = [...written.slice(1)]
  for (const [index, letter] of letters.entries()) {
    const name = Object.hasOwn(SHORT, letter) ? (SHORT[letter] ?? letter) : letter
    const takes = takesValue.get(name) ?? false
    const glued = takes && index + 1 < letters.length ? letters.slice(index + 1).join('') : undefined
    addFlag(result, { name, written: `-${letter}`, value: '', known: Object.hasOwn(SHORT, letter) }, takes, glued, queue)
    if (takes) return
  }
}

function addFlag(result: CurlLine, flag: CurlFlag, takes: boolean, glued: string | undefined, queue: Word[]): void {
  const value = takes ? (glued ?? queue.pop()?.text) : ''
  if (value === undefined) result.incomplete = flag
  else result.flags.push({ ...flag, value })
}

/** The value of a flag that curl does not know: the next word, unless it looks like a flag or a URL. */
function unknownValue(queue: Word[]): string {
  const next = queue.at(-1)?.text ?? '-'
  if (next.startsWith('-') || /^[^\s]+\.|:\/\/|^localhost|^\[|:\d+/.test(next)) return ''
  return queue.pop()?.text ?? ''
}

/** curl takes unambiguous beginnings of long names, and `no-` before names of switches. */
function fullName(typed: string): string {
  if (takesValue.has(typed) || isSwitchedOff(typed)) return typed
  const candidates = [...takesValue.keys()].filter((name) => name.startsWith(typed))
  return candidates.length === 1 && typed.length > 2 ? (candidates[0] ?? typed) : typed
}

/** `no-keepalive`: the opposite of a switch. */
function isSwitchedOff(name: string): boolean {
  return name.startsWith('no-') && takesValue.get(name.slice(3)) === false
}

function words(list: string): string[] {
  return list.split(/\s+/)
}
