import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCurl } from '../../../../src/main/imports/curl/curl.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { importTexts } from '../../../../src/shared/locales/imports.ts'
import { parseTaskSpec } from '../../../../src/shared/task/task-schema.ts'

type Request = { method?: string; url?: string; headers?: Record<string, string | string[]>; body?: string; form?: object; multipart?: object[] }

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const json = { 'content-type': 'application/json' }

function skippedOf(text: string): Record<string, string> {
  return Object.fromEntries(parseCurl(text).skipped.map(({ what, sentence }) => [what, sentence.key.replace('imports.skipped.', '')]))
}

describe('a cURL command', () => {
  it.each<[string, string, Request]>([
    ['a URL alone', 'curl http://x/', { method: 'GET', url: 'http://x/', headers: {} }],
    ["curl's own default scheme", 'curl example.com/x', { url: 'http://example.com/x' }],
    ['--url', "curl --url 'https://x/y'", { url: 'https://x/y' }],
    ['a header without a space', 'curl http://x -H a:b', { headers: { a: 'b' } }],
    ['a header glued to its flag', "curl http://x -H'a: b'", { headers: { a: 'b' } }],
    ['a header with an empty value', "curl http://x -H 'a;'", { headers: { a: '' } }],
    ['a header given twice', "curl http://x -H 'a: 1' -H 'A: 2'", { headers: { a: ['1', '2'] } }],
    ['-A and -e', "curl http://x -A me -e 'http://y;auto'", { headers: { 'User-Agent': 'me', Referer: 'http://y' } }],
    ['-b', "curl http://x -b 'a=1; b=2' -H 'cookie: c=3'", { headers: { Cookie: 'a=1; b=2; c=3' } }],
    ['--oauth2-bearer', 'curl http://x --oauth2-bearer abc', { headers: { Authorization: 'Bearer abc' } }],
    ['-r', 'curl http://x -r 0-99', { headers: { Range: 'bytes=0-99' } }],
    ['-X, the last one', 'curl http://x -X PUT -XPATCH', { method: 'PATCH' }],
    ['-I', 'curl -I http://x', { method: 'HEAD' }],
    ['-d', 'curl http://x -d a=1', { method: 'POST', form: { a: '1' }, headers: {} }],
    ['fields of a form, of one name as well', "curl http://x -d 'a=1&b=x+y%26' -d b=2 -d 'c='", { form: { a: '1', b: ['x y&', '2'], c: '' }, headers: {} }],
    ['a form with a type of its own', "curl http://x -H 'content-type: application/x-www-form-urlencoded; charset=utf-8' -d a=1", { form: { a: '1' }, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } }],
    ['fields whose order says something', 'curl http://x -d a=1 -d b=2 -d a=3', { body: 'a=1&b=2&a=3', headers: form }],
    ['a form that is not UTF-8', 'curl http://x -d a=%ff', { body: 'a=%ff', headers: form }],
    ['fields with variables', "curl http://x -d 'a={{seq}}'", { body: 'a={{seq}}', headers: form }],
    ['fields sent as something else', "curl http://x -H 'content-type: text/plain' -d a=1", { body: 'a=1', headers: { 'content-type': 'text/plain' } }],
    ['several -d', "curl http://x -d a=1 --data-raw b=2 --data-binary '@@' --data-ascii c".replace("'@@'", "'d'"), { body: 'a=1&b=2&d&c' }],
    ['--data-raw with an @', "curl http://x --data-raw '@a'", { body: '@a' }],
    ['--data-binary with line breaks', "curl http://x --data-binary 'a\nb'", { body: 'a\nb' }],
    ['--data-urlencode', "curl http://x --data-urlencode 'q=a b&c' --data-urlencode '=d/e' --data-urlencode 'ä'", { body: 'q=a+b%26c&d%2Fe&%C3%A4' }],
    ['--json', `curl http://x --json '{"a":' --json '1}'`, { body: '{"a":1}', headers: { 'Content-Type': 'application/json', Accept: 'application/json' } }],
    ['a +json type', "curl http://x -H 'content-type: application/vnd.api+json' -d '{}'", { headers: { 'content-type': 'application/vnd.api+json' }, body: '{}' }],
    ['-G', "curl -G 'http://x/?z=0#top' -d a=1 --data-urlencode 'b=c d'", { method: 'GET', url: 'http://x/?z=0&a=1&b=c+d', headers: {} }],
    ['--url-query', "curl http://x --url-query 'a=b c'", { url: 'http://x?a=b+c' }],
    ['-F', `curl http://x -F a=1 -F 'b="x;y";type=text/plain;filename="n"' --form-string 'c=@;d'`, {
      method: 'POST',
      headers: {},
      multipart: [{ name: 'a', value: '1' }, { name: 'b', value: 'x;y', filename: 'n', contentType: 'text/plain' }, { name: 'c', value: '@;d' }],
    }],
    ['short flags combined', 'curl -sSLkXPUT http://x', { method: 'PUT' }],
    ['an abbreviated long flag', 'curl http://x --user-agen me', { headers: { 'User-Agent': 'me' } }],
    ['a URL without quotes', 'curl http://x/?a=1&b=2', { url: 'http://x/?a=1&b=2' }],
    ['a prompt before it', '$ curl http://x/', { url: 'http://x/' }],
    ['a path before it', '/usr/bin/curl http://x/', { url: 'http://x/' }],
    ['IPv6 and IDN', "curl -g 'http://[::1]:80/ä'", { url: 'http://[::1]:80/ä' }],
    ['what Charles copies, the URL last', `curl -H 'Host: api.test' -H 'User-Agent: app/1' --data-binary '{"a":1}' --compressed 'https://api.test/x'`, { method: 'POST', url: 'https://api.test/x', headers: { Host: 'api.test', 'User-Agent': 'app/1', 'Content-Type': 'application/x-www-form-urlencoded' }, body: '{"a":1}' }],
    ['an option-like value', 'curl http://x -d -k', { body: '-k' }],
    ['-- before the URL', 'curl -s -- http://x', { url: 'http://x' }],
  ])('reads %s', (_, command, request) => {
    expect(parseCurl(command).spec.request).toMatchObject(request)
  })

  it.each([
    ['-u', 'curl http://x/y -u me:s3cret:1', { username: 'me', password: 's3cret:1' }],
    ['credentials of the URL', 'curl http://me:s3%63ret@x/y', { username: 'me', password: 's3cret' }],
    ['-u without a password', 'curl http://x/y -u me', { username: 'me', password: '' }],
  ])('takes %s for the authorization of the task, and shows it nowhere', (_, command, auth) => {
    const imported = parseCurl(command)
    expect(imported.spec).toMatchObject({ auth: { type: 'basic', ...auth }, request: { url: 'http://x/y', headers: {} } })
    expect(JSON.stringify([imported.taken, imported.skipped])).not.toContain('s3cret')
  })

  it('takes where connections lead, unless a proxy makes them', () => {
    const { spec, taken } = parseCurl('curl https://x/ --resolve x:443:10.0.0.1,10.0.0.2 --resolve "*:80:[::1]" --connect-to ::stage:8443')
    expect(spec.transport).toMatchObject({ resolve: ['x:443:10.0.0.1,10.0.0.2', '*:80:[::1]'], connectTo: ['::stage:8443'] })
    expect(taken.filter(({ key }) => /resolve|connect-to/.test(key))).toHaveLength(3)
    expect(skippedOf('curl https://x/ --resolve x:443:nowhere --connect-to a --resolve -x:443')).toEqual({ '--resolve x:443:nowhere': 'value', '--connect-to a': 'value', '--resolve -x:443': 'value' })
    expect(parseCurl('curl https://x/ -x http://p:1 --resolve x:443:10.0.0.1').spec.transport.resolve).toBeUndefined()
    expect(skippedOf('curl https://x/ -x http://p:1 --resolve x:443:10.0.0.1 --connect-to ::y:')).toEqual({ '--resolve': 'proxied', '--connect-to': 'proxied' })
  })

  it.each<[string, string, Request]>([
    ['joined lines', "curl 'http://x/' \\\n  -H 'a: b' \\\n  -d c", { url: 'http://x/', headers: { a: 'b' }, body: 'c' }],
    ['joined lines from Windows', "curl 'http://x/' \\\r\n  -H 'a: b' \\\r\n", { headers: { a: 'b' } }],
    ['a stray space after the backslash', "curl 'http://x/' \\ \n  -H 'a: b'", { headers: { a: 'b' } }],
    ['lines that lost their backslashes', "curl 'http://x/'\n  -H 'a: b'", { headers: { a: 'b' } }],
    ['a BOM', "\ufeffcurl 'http://x/'", { url: 'http://x/' }],
    ['no-break spaces', "curl\u00a0'http://x/'\u00a0-d\u00a0a", { url: 'http://x/', body: 'a' }],
    ['typographic quotes and dashes', 'curl “http://x/” –data ‘it’ —header “a: b”', { url: 'http://x/', body: 'it', headers: { a: 'b' } }],
    ['an escaped quote in single quotes', `curl http://x -d 'it'\\''s'`, { body: "it's" }],
    ['double quotes', `curl http://x -d "{\\"a\\": \\"b\\\\c\\", \\n}"`, { body: '{"a": "b\\c", \\n}' }],
    ["$'…'", `curl http://x --data-raw $'{"a":"it\\'s \\u0021\\n\\t\\x41\\101\\ud83d\\ude00\\xe4\\xb8\\xad\\\\"}'`, { body: '{"a":"it\'s !\n\tAA😀中\\"}' }],
    ['pieces of one word', `curl http://x -d a"b"'c'\\ d$'e'`, { body: 'abc de' }],
    ['an empty value', "curl http://x -d ''", { method: 'POST', body: '' }],
    ['a comment', 'curl http://x # -d a', { method: 'GET' }],
    ['substitutions, kept literal', 'curl http://x -d "$(cat "a b") `id` ${X} $Y"', { body: '$(cat "a b") `id` ${X} $Y' }],
    ['a substitution without quotes', 'curl http://x -d $(date +%s)', { body: '$(date +%s)' }],
  ])('of bash reads %s', (_, command, request) => {
    expect(parseCurl(command).spec.request).toMatchObject(request)
  })

  it.each<[string, string, Request]>([
    ['carets before line breaks', 'curl "http://x/" ^\r\n  -H "a: b" ^\r\n  --data-raw "c"', { url: 'http://x/', headers: { a: 'b' }, body: 'c' }],
    ['carets before quotes', 'curl ^"http://x/?a=1^&b=^%^20^" ^\n  --data-raw ^"^{^\\^"a^\\^":^\\^"b^\\^"^}^" ^\n  -H ^"content-type: application/json^"', { url: 'http://x/?a=1&b=%20', body: '{"a":"b"}', headers: json }],
    ['a line break in a value', 'curl ^"http://x/^" ^\n  --data-raw ^"a^\n\nb^"', { body: 'a\nb' }],
    ['doubled quotes', 'curl "http://x/" ^\n  --data-binary "{""a"":1}"', { body: '{"a":1}' }],
    ['an apostrophe', "curl \"http://x/\" ^\n  -d \"it's\" ^\n -H \"a: don't\"", { body: "it's", headers: { a: "don't" } }],
  ])('of cmd reads %s', (_, command, request) => {
    expect(parseCurl(command).spec.request).toMatchObject(request)
  })

  it.each<[string, string, Request]>([
    ['backticks before line breaks', "curl.exe 'http://x/' `\r\n  -H \"a: b\" `\r\n  -d 'c'", { url: 'http://x/', headers: { a: 'b' }, body: 'c' }],
    ['escaped quotes', `curl.exe http://x -d '{\\"a\\":1}' -H "b: \`"c\`" ""d"""`, { body: '{"a":1}', headers: { b: '"c" "d"' } }],
    ['doubled single quotes', "curl.exe http://x -d 'it''s'", { body: "it's" }],
    ['escapes', 'curl.exe http://x -d "a`nb`$c"', { body: 'a\nb$c' }],
  ])('of PowerShell reads %s', (_, command, request) => {
    expect(parseCurl(command).spec.request).toMatchObject(request)
  })

  it('takes the flags of transport', () => {
    const { spec, taken } = parseCurl('curl https://x -k -L -m 2.5 -x p:3128 -U u:p@ss --http2')
    expect(spec.transport).toMatchObject({ insecure: true, follow: true, timeout: '2.5s', proxy: 'http://u:p%40ss@p:3128', protocol: 'http2' })
    expect(taken.map(({ key }) => key)).toEqual(expect.arrayContaining(['imports.taken.insecure', 'imports.taken.follow', 'imports.taken.timeout', 'imports.taken.proxy', 'imports.taken.http2']))
    expect(parseCurl('curl https://x --http1.1 -x p').spec.transport).toMatchObject({ protocol: 'http1', proxy: 'http://p:1080' })
  })

  it('says what it took', () => {
    const { taken } = parseCurl(`curl http://x -H 'a: b' -H 'content-type: application/json' -b c=d -d '{"a":1}'`)
    expect(taken.map(({ key, params }) => [key.replace('imports.taken.', ''), params])).toEqual([['method', { method: 'POST' }], ['headers', { n: 3 }], ['body.json', { n: 7 }], ['cookies', {}]])
  })

  it('says what it left out, and why', () => {
    const command = `curl 'https://x/{a,b}' --compressed -s -o out -w '%{http_code}' --retry 3 --digest --cert me.pem --socks5 h --connect-timeout 5
      --frobnicate 7 -Q x --no-keepalive -m 9999 -X PUT -X POST -b jar.txt -u me -H 'sec-ch-ua: x' -H 'sec-ch-ua-mobile: ?0' -H 'Sec-Fetch-Mode: cors' -H 'DNT: 1' -H 'priority: u=1'
      -H 'Content-Length: 5' -H ':authority: x' -H 'Accept:' -H 'nonsense' -H "t: $TOKEN" | jq .`
    expect(skippedOf(command)).toEqual({
      '--compressed': 'compressed', '-s': 'output', '-o': 'output', '-w': 'output', '--retry': 'retry', '--digest': 'auth', '--cert': 'file',
      '--socks5': 'socks', '--connect-timeout': 'connect-timeout', '--frobnicate': 'unknown', '-Q': 'unsupported', '--no-keepalive': 'network', '-m': 'value', '-X PUT': 'overridden',
      '-b jar.txt': 'file', '-u me': 'password', 'sec-ch-*': 'browser', 'sec-fetch-*': 'browser', DNT: 'browser', priority: 'browser', 'Content-Length': 'automatic',
      ':authority': 'automatic', 'Accept:': 'removed', nonsense: 'no-header', $TOKEN: 'expansion', '| jq .': 'tail', 'https://x/{a,b}': 'glob',
    })
  })

  it.each<[string, string, string, string]>([
    ['nothing', ' \n', 'no command', 'Paste a command'],
    ['something else', 'wget http://x', 'does not begin with curl', 'Paste a command'],
    ['a fetch of a browser', 'fetch("https://x", {})', 'does not begin with curl', 'Copy as cURL'],
    ["PowerShell's own", 'Invoke-WebRequest -Uri "https://x"', 'does not begin with curl', 'Copy as cURL'],
    ['curl in the middle', 'echo curl http://x', 'does not begin with curl', 'Paste a command'],
    ['no URL', 'curl -s', 'no URL', 'Paste a command'],
    ['two URLs', 'curl http://x http://y', '2 URLs: http://x http://y', 'one at a time'],
    ['two commands', "curl http://x \\\n -d 'a'\ncurl http://y", 'second curl command begins at line 3, column 1', 'one command'],
    ['two commands in a line', 'curl http://x; curl http://y', 'second curl command begins at line 1, column 14', 'one command'],
    ['--next', 'curl http://x --next http://y', '--next begins a second request', 'one request at a time'],
    ['an open quote', "curl http://x \\\n  -H 'a: b", "' opened at line 2, column 6 is not closed", 'whole command'],
    ['an open double quote', 'curl "http://x', '" opened at line 1, column 6', 'whole command'],
    ["an open $'", "curl http://x -d $'a", 'line 1, column 18', 'whole command'],
    ['an open quote of cmd', 'curl ^\n "http://x', 'line 2, column 2', 'whole command'],
    ['an open quote of PowerShell', "curl.exe http://x -d 'a", 'line 1, column 22', 'whole command'],
    ['a value cut off', 'curl http://x -H', 'value of -H is missing', 'whole command'],
    ['a body from a file', 'curl http://x -d @body.json', 'from the file body.json', 'content of the file'],
    ['a binary body from a file', 'curl http://x --data-binary @-', 'from the file -', 'content of the file'],
    ['an encoded body from a file', 'curl http://x --data-urlencode a@f', 'from the file f', 'content of the file'],
    ['a part from a file', 'curl http://x -F a=@f', 'from the file f', 'content of the file'],
    ['an upload', 'curl http://x -T f', 'from the file f', 'content of the file'],
    ['headers from a file', 'curl http://x -H @h', 'from the file h', 'name: value'],
    ['data and a form', 'curl http://x -d a -F b=c', 'exclude each other', 'Remove one'],
    ['another scheme', 'curl ftp://x', 'ftp:// is not supported', 'http://'],
    ['a header that breaks out', `curl http://x -H $'a: b\\r\\nc: d'`, 'line break', 'Remove'],
    ['more than a mebibyte', `curl http://x -d '${'x'.repeat(1_048_576)}'`, 'larger than 1 MiB', 'only the command'],
  ])('is refused with words for %s', (_, command, message, hint) => {
    expect(() => parseCurl(command)).toThrow(expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(message), hint: expect.stringContaining(hint), problems: expect.arrayContaining([expect.anything()]) }))
  })

  it('has the same parameters in both languages for all that it says', () => {
    const parameters = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
    for (const texts of Object.values(importTexts)) expect(parameters(texts['zh-CN'])).toEqual(parameters(texts.en))
  })
})

describe('any text at all', () => {
  const piece = fc.oneof(
    fc.constantFrom('curl', ' ', "'", '"', '\\', '\n', '\r\n', '^', '`', '$', '$(', ')', "$'", '“', '’', '-d', '-H', '-F', '-u', '-x', '-G', '--data-urlencode', '--json', '-XPUT', '-sSL', 'http://x/', 'a: b', 'a=b', '@f', '|', ';', '&', '#', '%A%', '\\u00e4', '\\x', '{a,b}', '--', '-', '\0', '\ufeff'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const start = fc.constantFrom('curl http://x ', 'curl.exe http://x ', 'curl http://x ^\n', 'curl ^"http://x^" ', '')
  const text = fc.tuple(start, fc.array(piece, { maxLength: 25 })).map(([head, pieces]) => head + pieces.join(''))

  it('is either imported as a sound task or refused with words', () => {
    fc.assert(fc.property(text, (command) => {
      try {
        const { spec, skipped, taken } = parseCurl(command)
        expect(parseTaskSpec(spec)).toMatchObject({ ok: true, value: spec })
        for (const { key } of [...taken, ...skipped.map(({ sentence }) => sentence)]) expect(importTexts).toHaveProperty([key])
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect(error).toMatchObject({ code: 'bad-input', hint: expect.stringMatching(/./) })
      }
    }), { numRuns: 4000 })
  })

  it.each(["'", '"', '$(', '`', '\\', '^', '""', '-s ', '--x ', '$a ', '{,', '[a-', ';', '@', '“', "$'\\", '%20', 'a=b;'])('full of %j comes to an end', (unit) => {
    for (const head of ['curl http://x ', 'curl http://x -F a="', 'curl ^"http://x^" ', 'curl.exe http://x "']) {
      const command = (head + unit.repeat(200_000 / unit.length)).slice(0, 200_000)
      try {
        parseCurl(command)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
      }
    }
  })
})
