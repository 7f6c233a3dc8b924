import { expect, test } from 'vitest'
import { importText } from '../../../../src/main/imports/import-text.ts'
import { AS_WRITTEN, ELSEWHERE, inputOf } from '../../../../src/renderer/src/views/editor/import-choice.ts'
import type { ImportInput } from '../../../../src/shared/contract/contract.ts'

const shop = JSON.stringify({ openapi: '3.0.0', info: { title: 'Shop' }, servers: [{ url: 'https://shop.test' }, { url: 'https://staging.shop.test' }], paths: { '/orders': { get: {}, post: {} }, '/items/{id}': { get: {} } } })
const har = JSON.stringify({ log: { entries: ['http://a.test/', 'http://a.test/app.css', 'http://b.test/', 'http://a.test/'].map((url) => ({ request: { method: 'GET', url, headers: [] } })) } })

const urlsOf = async (input: ImportInput): Promise<string[]> => {
  const { spec } = await importText(input)
  return (spec.steps?.map(({ request }) => request) ?? [spec.request]).map(({ url }) => url)
}

test('what is chosen of a document is what is taken of it, at the server that was chosen', async () => {
  const imported = { ...(await importText({ format: 'auto', text: shop })), text: shop }
  expect(imported).toMatchObject({ requests: ['GET /orders', 'POST /orders', 'GET /items/{id}'], chosen: ['GET /orders', 'POST /orders', 'GET /items/{id}'], servers: ['https://shop.test', 'https://staging.shop.test'] })
  const chosen = new Set(['POST /orders', 'GET /items/{id}'])
  expect(await urlsOf(inputOf(imported, { chosen, server: AS_WRITTEN, address: 'ignored' }))).toEqual(['https://shop.test/orders', 'https://shop.test/items/1'])
  expect(await urlsOf(inputOf(imported, { chosen, server: 'https://staging.shop.test', address: '' }))).toEqual(['https://staging.shop.test/orders', 'https://staging.shop.test/items/1'])
  expect(await urlsOf(inputOf(imported, { chosen: new Set(['GET /orders']), server: ELSEWHERE, address: ' http://127.0.0.1:8080 ' }))).toEqual(['http://127.0.0.1:8080/orders'])
})

test('a recording offers each request once, with its host where several were asked for the same, and says which it has taken', async () => {
  const imported = { ...(await importText({ format: 'auto', text: har })), text: har }
  expect(imported).toMatchObject({ requests: ['GET http://a.test/', 'GET /app.css', 'GET http://b.test/'], chosen: ['GET http://a.test/'] })
  expect(await urlsOf(inputOf(imported, { chosen: new Set(['GET http://b.test/']), server: AS_WRITTEN, address: '' }))).toEqual(['http://b.test/'])
  expect(await urlsOf(inputOf(imported, { chosen: new Set(['GET /app.css']), server: AS_WRITTEN, address: '' }))).toEqual(['http://a.test/app.css'])
})
