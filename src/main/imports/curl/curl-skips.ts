import type { CurlFlag } from './curl-flags.ts'
import type { SkippedKey } from '../import-notes.ts'

/** Why a flag of curl is left out. */
const REASONS: Partial<Record<SkippedKey, string>> = {
  output: `silent show-error verbose include show-headers output output-dir write-out progress-bar progress-meter no-progress-meter remote-name remote-name-all
    remote-header-name remote-time create-dirs fail fail-with-body fail-early no-buffer stderr trace trace-ascii trace-time trace-ids dump-header styled-output
    no-styled-output cookie-jar xattr etag-save hsts alt-svc no-clobber remove-on-error max-filesize limit-rate`,
  compressed: 'compressed compressed-ssh tr-encoding',
  auth: 'anyauth digest ntlm ntlm-wb negotiate aws-sigv4 netrc netrc-optional netrc-file proxy-anyauth proxy-digest proxy-ntlm proxy-negotiate delegation',
  file: 'cert key cacert capath crlfile config pass key-type cert-type proxy-cacert proxy-capath proxy-cert proxy-key etag-compare',
  retry: 'retry retry-delay retry-max-time retry-all-errors retry-connrefused',
  network: `interface unix-socket abstract-unix-socket ipv4 ipv6 dns-servers dns-interface dns-ipv4-addr dns-ipv6-addr doh-url local-port
    no-keepalive keepalive-time keepalive-cnt tcp-nodelay no-tcp-nodelay tcp-fastopen happy-eyeballs-timeout-ms noproxy`,
  socks: 'socks4 socks4a socks5 socks5-hostname preproxy',
  'connect-timeout': 'connect-timeout speed-limit speed-time expect100-timeout',
  automatic: 'basic proxy-basic globoff path-as-is max-redirs tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 disable no-alpn',
}
const reasonOf = new Map(Object.entries(REASONS).flatMap(([key, names]) => names.split(/\s+/).map((name) => [name, key as SkippedKey] as const)))

export function skipReason(flag: CurlFlag): SkippedKey {
  return flag.known ? (reasonOf.get(flag.name) ?? 'unsupported') : 'unknown'
}
