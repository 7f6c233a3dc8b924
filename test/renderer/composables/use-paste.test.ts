import { expect, test } from 'vitest'
import { isCurl, isImportable } from '../../../src/renderer/src/composables/use-paste.ts'

test('commands and exports of other programs are told from a URL and from plain text', () => {
  for (const text of ['curl -X POST http://h', '$ curl.exe http://h', '{"log":{"entries":[]}}', '  {"info":{"name":"shop"}}', 'openapi: 3.1.0\ninfo: {}', '"swagger": "2.0"', 'GET http://h/a\nX-A: b', 'schema: stampede.task/1\nload: { rate: 1 }', '# a task\nschema: "stampede.task/1"']) expect(isImportable(text), text).toBe(true)
  for (const text of ['http://h/?q={{users.id}}', 'api.example.com/orders', 'tcp://127.0.0.1:6379', 'GET', 'what is curl', '']) expect(isImportable(text), text).toBe(false)
  expect(isCurl('{"a":1}')).toBe(false)
})
