import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { corpus, imported, requestsOf, skippedOf, takenOf } from '../imported.ts'

const BASE = 'https://eu.animals.example/v2'

function api(paths: object, rest: object = {}): object {
  return { openapi: '3.0.0', info: { title: 'T', version: '1' }, servers: [{ url: 'http://api.test' }], paths, ...rest }
}

async function urlOf(parameter: object, path = '/a'): Promise<string> {
  const { spec } = await imported(api({ [path]: { get: { parameters: [{ required: true, ...parameter }] } } }))
  return spec.request.url.replace('http://api.test', '')
}

describe('an OpenAPI document', () => {
  it('of version 3.0 becomes a request for each operation, drawn one per iteration', async () => {
    const result = await imported(corpus('petstore-3.0.yaml'))
    expect(result.spec).toMatchObject({ name: 'Animals', stepOrder: 'weighted', auth: { type: 'oauth2', tokenUrl: 'https://auth.animals.example/token', clientId: '{{env.ANIMALS_AUTH_CLIENT_ID}}', scope: 'read:animals' } })
    const requests = requestsOf(result)
    expect(Object.keys(requests)).toEqual(['GET /animals', 'POST /animals', 'GET /animals/{animalId}', 'PATCH /animals/{animalId}', 'PUT /animals/{animalId}/photo', 'POST /animals/{animalId}/photo'])
    expect(requests['GET /animals']).toEqual({ method: 'GET', url: `${BASE}/animals?limit=20&tags=cat&tags=big%20dog&ids=1,2&filter[age]=3&where=%7B%22a%22%3A1%7D`, headers: { Accept: 'application/json', 'X-Trace': 'abc' } })
    expect(requests['POST /animals']).toEqual({ method: 'POST', url: `${BASE}/animals`, headers: { 'X-Trace': 'abc', 'Content-Type': 'application/json' }, body: `{"name":"{{'{{'}}Rex}}","parent":{},"food":{"kind":"meat","grams":10},"photoUrls":["string"]}` })
    expect(requests['GET /animals/{animalId}']?.url).toBe(`${BASE}/animals/42`)
    expect(requests['PATCH /animals/{animalId}']).toMatchObject({ url: `${BASE}/animals/1`, headers: {}, form: { name: 'Rex & co', status: 'free' } })
    expect(requests['POST /animals/{animalId}/photo']).toMatchObject({ headers: {}, multipart: [{ name: 'title', value: 'portrait' }] })
    expect(skippedOf(result)).toEqual({
      'DELETE /animals/{animalId}': 'deprecated', '{{env.ANIMALS_AUTH_CLIENT_ID}}': 'no-value', '{{env.ANIMALS_AUTH_CLIENT_SECRET}}': 'no-value', oauth2: 'auth-for-all', 'GET /animals ?debug': 'optional',
      'PUT /animals/{animalId}/photo {animalId}': 'path-value', 'PUT /animals/{animalId}/photo: image/png': 'body-type', 'POST /animals/{animalId}/photo: photo': 'file-part', 'POST /animals: onAdopted': 'webhook',
    })
    expect(takenOf(result)).toMatchObject({ requests: { n: 6 }, made: { n: 7 } })
    expect(result.servers).toEqual([BASE, 'http://127.0.0.1:9090/v2'])
  })

  it('of version 3.1 is read with its path items, its null types, and what circles in it', async () => {
    const result = await imported(corpus('events-3.1.json'))
    const requests = requestsOf(result)
    expect(requests['QUERY /events']?.body).toBe('{"type":"concert"}')
    expect(requests['GET /events/{when}/{missing}']).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:8080\/api\/events\/\d{4}-\d\d-\d\d\/1$/), headers: { Accept: 'text/csv', Cookie: 'session=s1', 'X-Key': '{{env.KEY}}' } })
    expect(JSON.parse(requests['POST /tree']?.body ?? '')).toMatchObject({ name: 'root', constructor: 'kept' })
    expect(skippedOf(result)).toEqual({
      './other.yaml#/paths/x': 'external-ref', 'http://127.0.0.1:1/parameters.yaml#/Page': 'external-ref', '#/components/parameters/Gone': 'dangling-ref', '{{env.KEY}}': 'no-value', '/api': 'no-host',
      'GET /events/{when}/{missing} {missing}': 'path-value', 'webhooks.eventMade': 'webhook',
    })
  })

  it('fetches and reads nothing, whatever it refers to', async () => {
    let connections = 0
    const server = createServer().on('connection', () => (connections += 1)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const outside = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.yaml`
    const references = [outside, `${outside}#/a`, 'file:///etc/hostname', '/etc/hostname', './package.json', '../../../package.json#/name'].map(($ref) => ({ $ref }))
    const result = await imported(api({
      '/a': { get: { parameters: references, responses: {} }, post: { requestBody: references[0] }, put: { requestBody: { content: { 'application/json': { schema: { properties: { a: references[2], b: references[4] } } } } } } },
      '/b': references[1],
    }, { components: { schemas: { X: references[0] } } }))
    expect(JSON.stringify(result.spec)).not.toContain('stampede"')
    expect(Object.values(skippedOf(result))).toContain('external-ref')
    expect(connections).toBe(0)
    server.close()
  })

  it.each<[string, object, string, string?]>([
    ['a list of a form, exploded', { name: 'a', in: 'query', example: [1, 2] }, '/a?a=1&a=2'],
    ['a list of a form', { name: 'a', in: 'query', explode: false, example: ['x y', 2] }, '/a?a=x%20y,2'],
    ['a list with spaces', { name: 'a', in: 'query', style: 'spaceDelimited', example: [1, 2] }, '/a?a=1%202'],
    ['a list with bars', { name: 'a', in: 'query', style: 'pipeDelimited', example: [1, 2] }, '/a?a=1|2'],
    ['an object of a form, exploded', { name: 'a', in: 'query', example: { b: 1, c: 'd' } }, '/a?b=1&c=d'],
    ['an object of a form', { name: 'a', in: 'query', explode: false, example: { b: 1, c: 'd' } }, '/a?a=b,1,c,d'],
    ['a deep object', { name: 'a', in: 'query', style: 'deepObject', explode: true, example: { b: 1 } }, '/a?a[b]=1'],
    ['a number of which nothing is known', { name: 'a', in: 'query', schema: { type: 'integer' } }, '/a?a=1'],
    ['a number with bounds', { name: 'a', in: 'query', schema: { type: 'integer', minimum: 7 } }, '/a?a=7'],
    ['a parameter without a schema', { name: 'a', in: 'query' }, '/a?a=1'],
    ['a list in a path', { name: 'id', in: 'path', example: [1, 2] }, '/x/1,2', '/x/{id}'],
    ['a label in a path', { name: 'id', in: 'path', style: 'label', example: 'a/b' }, '/x/.a%2Fb', '/x/{id}'],
    ['a matrix in a path', { name: 'id', in: 'path', style: 'matrix', example: 5 }, '/x/;id=5', '/x/{id}'],
    ['braces', { name: 'a', in: 'query', example: '{{uuid}}' }, '/a?a=%7B%7Buuid%7D%7D'],
  ])('writes %s', async (_, parameter, url, path) => {
    expect(await urlOf(parameter, path)).toBe(url)
  })

  it('writes XML where nothing else is taken', async () => {
    const schema = { type: 'object', xml: { name: 'order' }, properties: { id: { type: 'integer', example: 5 }, name: { type: 'string', example: 'a & b' } } }
    const { spec } = await imported(api({ '/a': { post: { requestBody: { content: { 'application/xml': { schema } } } } } }))
    expect(spec.request).toMatchObject({ headers: { 'Content-Type': 'application/xml' }, body: expect.stringMatching(/<order>[\s\S]*<id>5<\/id>[\s\S]*a &amp; b[\s\S]*<\/order>/) })
  })

  it.each<[string, object, object, object]>([
    ['a user', { type: 'http', scheme: 'Basic' }, { auth: { type: 'basic', username: '{{env.MY_AUTH_USERNAME}}', password: '{{env.MY_AUTH_PASSWORD}}' } }, {}],
    ['a token', { type: 'http', scheme: 'bearer' }, { auth: { type: 'bearer', token: '{{env.MY_AUTH_TOKEN}}' } }, {}],
    ['a key in the query', { type: 'apiKey', in: 'query', name: 'k' }, { auth: { type: 'api-key', name: 'k', in: 'query', value: '{{env.MY_AUTH}}' } }, {}],
    ['a key in a cookie', { type: 'apiKey', in: 'cookie', name: 'k' }, {}, { Cookie: 'k={{env.MY_AUTH}}' }],
    ['a person who signs in', { type: 'oauth2', flows: { authorizationCode: { tokenUrl: 'https://x/t' } } }, { auth: { type: 'bearer', token: '{{env.MY_AUTH_TOKEN}}' } }, {}],
    ['OpenID Connect', { type: 'openIdConnect', openIdConnectUrl: 'https://x' }, { auth: { type: 'bearer', token: '{{env.MY_AUTH_TOKEN}}' } }, {}],
  ])('asks for %s by variables of the environment', async (_, scheme, around, headers) => {
    const { spec } = await imported(api({ '/a': { get: {} } }, { security: [{ myAuth: [] }], components: { securitySchemes: { myAuth: scheme } } }))
    expect(spec).toMatchObject({ ...around, request: { headers } })
  })

  it.each([
    [{ name: '\ud800', in: 'cookie', schema: { example: '\udfff' } }, '/a'],
    [{ name: '\ud800', in: 'query', schema: { example: '\udfff' } }, '/a'],
    [{ name: '\ud800', in: 'path', style: 'matrix', schema: { example: '\udfff' } }, '/{\ud800}'],
  ])('with half a surrogate pair in %j is read all the same', async (parameter, path) => {
    const { spec } = await imported(api({ [path]: { get: { parameters: [{ required: true, ...parameter }] } } }))
    expect(`${spec.request.url} ${JSON.stringify(spec.request.headers)}`).toContain('%EF%BF%BD=%EF%BF%BD')
  })

  it('tells what security it cannot give', async () => {
    const result = await imported(api({ '/a': { get: {} } }, { security: [{ tls: [] }], components: { securitySchemes: { tls: { type: 'mutualTLS' } } } }))
    expect(skippedOf(result)).toEqual({ tls: 'auth-kind' })
  })

  it('goes to the server that is wanted', async () => {
    const text = corpus('petstore-3.0.yaml')
    const first = async (server: string): Promise<string> => (await imported(text, { server, select: ['listAnimals'] })).spec.request.url.replace(/\?.*/, '')
    expect(await first('staging')).toBe('http://127.0.0.1:9090/v2/animals')
    expect(await first('https://other.example/base/')).toBe('https://other.example/base/animals')
    await expect(imported(text, { server: 'mars' })).rejects.toMatchObject({ code: 'bad-input', hint: expect.stringContaining('http://127.0.0.1:9090/v2') })
  })

  it('of Swagger 2 is read as well: its host, its parameters of the body and of forms, its security', async () => {
    const result = await imported({
      swagger: '2.0', info: { title: 'Pets', version: '1' }, host: 'pets.test', basePath: '/v1', schemes: ['https', 'http'], consumes: ['application/json'],
      securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } }, security: [{ key: [] }],
      parameters: { limit: { name: 'limit', in: 'query', type: 'integer', required: true, default: 20 } },
      definitions: { Pet: { type: 'object', properties: { name: { type: 'string', example: 'Rex' } } } },
      paths: {
        '/pets': {
          get: { parameters: [{ $ref: '#/parameters/limit' }, { name: 'tags', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi', required: true, default: ['a', 'b'] }] },
          post: { parameters: [{ name: 'pet', in: 'body', schema: { $ref: '#/definitions/Pet' } }] },
        },
        '/login': { post: { consumes: ['application/x-www-form-urlencoded'], parameters: [{ name: 'user', in: 'formData', type: 'string', required: true, default: 'ada' }] } },
        '/pets/{id}/photo': { post: { consumes: ['multipart/form-data'], parameters: [{ name: 'id', in: 'path', type: 'integer', required: true, default: 7 }, { name: 'file', in: 'formData', type: 'file' }, { name: 'note', in: 'formData', type: 'string', default: 'hi' }] } },
      },
    })
    expect(result).toMatchObject({ format: 'openapi', servers: ['https://pets.test/v1', 'http://pets.test/v1'], spec: { name: 'Pets', auth: { type: 'api-key', name: 'X-Key' } } })
    expect(takenOf(result)['swagger']).toEqual({ version: '2.0' })
    const requests = requestsOf(result)
    expect(requests['GET /pets']?.url).toBe('https://pets.test/v1/pets?limit=20&tags=a&tags=b')
    expect(requests['POST /pets']).toMatchObject({ headers: { 'Content-Type': 'application/json' }, body: '{"name":"Rex"}' })
    expect(requests['POST /login']).toMatchObject({ form: { user: 'ada' } })
    expect(requests['POST /pets/{id}/photo']).toMatchObject({ url: 'https://pets.test/v1/pets/7/photo', multipart: [{ name: 'note', value: 'hi' }] })
    expect(skippedOf(result)).toMatchObject({ 'POST /pets/{id}/photo: file': 'file-part' })
  })

  it('gives what is selected, deprecated or not', async () => {
    const result = await imported(corpus('petstore-3.0.yaml'), { select: ['DELETE /animals/*', 'listAnimals'] })
    expect(Object.keys(requestsOf(result))).toEqual(['GET /animals', 'DELETE /animals/{animalId}'])
    expect(skippedOf(result)).toMatchObject({ 'POST /animals': 'not-selected' })
  })

  it.each<[string, object, string, string]>([
    ['Swagger 1.2', { swagger: '1.2', paths: {} }, 'Swagger 1.2', 'Swagger 2.0'],
    ['a version to come', { openapi: '4.0.0', paths: {} }, 'OpenAPI 4.0.0', '3.0 or 3.1'],
    ['no operations', api({}), 'no request', 'another file'],
  ])('is refused with words for %s', async (_, document, message, hint) => {
    await expect(imported(document)).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })

  it('whose schemas refer to each other without end comes to an end', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `S${i}`)
    const schemas = Object.fromEntries(names.map((name) => [name, { type: 'object', properties: Object.fromEntries(names.map((other) => [other.toLowerCase(), { $ref: `#/components/schemas/${other}` }])) }]))
    const result = await imported(api({ '/a': { post: { requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } } } } }, { components: { schemas } }))
    expect(skippedOf(result)).toEqual({ 'POST /a: application/json': 'no-sample' })
  })
})
