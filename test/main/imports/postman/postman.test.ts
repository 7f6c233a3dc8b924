import { describe, expect, it } from 'vitest'
import { corpus, imported, requestsOf, skippedOf, takenOf } from '../imported.ts'

const SHOP = 'https://shop.example.com:8443/api'

function collection(...item: object[]): object {
  return { info: { name: 'C', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' }, item }
}

describe('a Postman collection', () => {
  it('of version 2.1 becomes its requests in order, with folders, variables and the nearest authorization', async () => {
    const result = await imported(corpus('shop-2.1.postman.json'))
    const requests = requestsOf(result)
    expect(result.spec.name).toBe('Shop')
    expect(Object.keys(requests)).toEqual(['Auth / Login', 'Orders / Deep / Get', 'Orders / Deep / Get 2', 'Orders / Create', 'Orders / Search', 'Orders / Upload', 'Orders / Raw file', 'Orders / Signed', 'Plain'])
    expect(requests['Auth / Login']).toEqual({ method: 'POST', url: `${SHOP}/login`, headers: { 'X-Secret': '{{env.apiSecret}}' }, form: { 'user name': 'ada & {{vars.region}}' } })
    expect(requests['Orders / Deep / Get']).toEqual({ method: 'GET', url: `${SHOP}/orders/{{uuid}}?q={{int 0 1000}}&x=a%20b&flag`, headers: { Authorization: 'Bearer {{env.accessToken}}' } })
    expect(requests['Orders / Deep / Get 2']?.url).toBe(`${SHOP}/orders/1`)
    expect(requests['Orders / Create']).toMatchObject({ headers: { 'X-A': '1', 'X-B': '{{env.unknownThing}}', 'Content-Type': 'application/json' }, body: `{"at":"{{now iso}}","who":"{{'{{'}}$randomFirstName}}","tpl":"{{'{{'}}#if}}"}` })
    expect(requests['Orders / Search']).toMatchObject({ headers: { Authorization: 'Basic bWU6czNjcjN0' }, body: expect.stringMatching(/^\{"query":"query \(\$id: ID\)[^]*"variables":\{\s*"id": "\{\{vars\.region\}\}"\s*\}\}$/) })
    expect(requests['Orders / Upload']).toMatchObject({ headers: {}, multipart: expect.arrayContaining([{ name: 'note', value: 'hi', contentType: 'text/plain' }]) })
    expect(requests['Orders / Signed']?.headers).toEqual({})
    expect(result.spec).toMatchObject({ vars: { region: 'eu' }, env: { apiSecret: 's3cr3t', accessToken: '', unknownThing: '' } })
    expect(skippedOf(result)).toEqual({
      'collection: prerequest': 'script', 'Auth / Login: test': 'script', 'Auth / Login: response': 'saved-answers', 'Orders / Create: disableBodyPruning': 'unsupported', 'Orders / Signed: awsv4': 'auth-kind', 'Auth / Login ?debug': 'disabled',
      'Orders / Deep / Get :missing': 'path-value', '{{nowhere}}/blob': 'no-host', 'Auth / Login: X-Off': 'disabled', 'Auth / Login: off': 'disabled', '{{accessToken}}': 'no-value', '{{unknownThing}}': 'no-value', '{{$randomFirstName}}': 'dynamic',
      'Orders / Upload: /home/me/a.pdf': 'file-part', 'Orders / Raw file: /tmp/blob.bin': 'file-part',
    })
    expect(takenOf(result)).toMatchObject({ requests: { n: 9 }, variables: { n: 4 } })
    expect(JSON.stringify([result.taken, result.skipped])).not.toContain('s3cr3t')
  })

  it('of version 2.0, as the API wraps it, is read too', async () => {
    const requests = requestsOf(await imported(corpus('old-2.0.postman.json')))
    expect(requests).toEqual({
      Basic: { method: 'GET', url: 'http://old.example.com:8080/v1/users/7/posts?limit=10', headers: { Accept: '*/*', Authorization: 'Basic dTpw' } },
      Key: { method: 'GET', url: 'http://old.example.com/v1/keys?api_key=k1', headers: {} },
    })
  })

  it.each<[string, object, object]>([
    ['a token', { type: 'bearer', bearer: [{ key: 'token', value: 't' }] }, { type: 'bearer', token: 't' }],
    ['a user', { type: 'basic', basic: { username: 'u', password: 'p' } }, { type: 'basic', username: 'u', password: 'p' }],
    ['a key', { type: 'apikey', apikey: [{ key: 'key', value: 'X-K' }, { key: 'value', value: 'v' }] }, { type: 'api-key', name: 'X-K', in: 'header', value: 'v' }],
    ['client credentials', { type: 'oauth2', oauth2: [{ key: 'grant_type', value: 'client_credentials' }, { key: 'accessTokenUrl', value: 'https://x.test/t' }, { key: 'clientId', value: 'i' }, { key: 'clientSecret', value: 's' }, { key: 'scope', value: 'a b' }] }, { type: 'oauth2', tokenUrl: 'https://x.test/t', clientId: 'i', clientSecret: 's', scope: 'a b', credentialsIn: 'header' }],
    ['a token that was fetched', { type: 'oauth2', oauth2: [{ key: 'accessToken', value: 't' }] }, { type: 'bearer', token: 't' }],
  ])('in which all requests have %s gives it to the task', async (_, auth, expected) => {
    const { spec } = await imported({ ...collection({ name: 'a', request: 'http://x.test/' }, { name: 'b', request: { url: 'http://x.test/b', header: [{ key: 'Authorization', value: 'own' }] } }), auth })
    expect(spec.auth).toEqual(expected)
  })

  it.each<[string, object, string]>([
    ['a person who signs in', { type: 'oauth2', oauth2: [] }, 'interactive'],
    ['an empty token', { type: 'bearer', bearer: [{ key: 'token', value: '' }] }, 'auth-value'],
    ['another kind', { type: 'hawk' }, 'auth-kind'],
    ['a token that no header can carry', { type: 'bearer', bearer: [{ key: 'token', value: 'a\nb' }] }, 'refused'],
  ])('tells authorization that cannot be taken: %s', async (_, auth, reason) => {
    const result = await imported({ ...collection({ name: 'a', request: 'http://x.test/' }), auth })
    expect(Object.values(skippedOf(result))).toEqual([reason])
    expect(result.spec.auth).toBeUndefined()
  })

  it('takes folders and requests by name or by path', async () => {
    const text = corpus('shop-2.1.postman.json')
    expect(Object.keys(requestsOf(await imported(text, { select: ['Create', '/health'] })))).toEqual(['Orders / Create', 'Plain'])
    expect(Object.values(requestsOf(await imported(text, { select: ['POST *'], server: 'http://127.0.0.1:1' }))).map(({ url }) => url)).toContain('http://127.0.0.1:1/api/login')
  })

  it('with variables that stand for each other in a circle comes to an end', async () => {
    const { spec } = await imported({ ...collection({ name: 'a', request: 'http://x.test/{{one}}' }), variable: [{ key: 'one', value: '{{two}}{{two}}' }, { key: 'two', value: '{{one}}' }] })
    expect(spec.request.url).toBe('http://x.test/{{env.one}}')
  })

  it.each<[string, object, string, string]>([
    ['version 1', { id: 'x', name: 'n', order: [], requests: [] }, 'version 1', 'v2.1'],
    ['an environment', { name: 'e', values: [], _postman_variable_scope: 'environment' }, 'variables', 'collection'],
    ['folders without requests', collection({ name: 'empty', item: [] }), 'no request', 'another file'],
  ])('is refused with words for %s', async (_, document, message, hint) => {
    await expect(imported(document)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })
})
