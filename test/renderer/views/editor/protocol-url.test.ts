import { describe, expect, it } from 'vitest'
import { calledMethod, withMethod } from '../../../../src/renderer/src/views/editor/protocol-url.ts'

describe('the URL of a call', () => {
  it.each([
    ['grpc://a.example:50051/shop.v1.Cart/Add', 'shop.v1.Cart/Add'],
    ['grpcs://a.example/Cart/Add', 'Cart/Add'],
    ['grpc://a.example:50051/', ''],
    ['http://a.example/Cart/Add', ''],
  ])('%s names %j', (url, method) => expect(calledMethod(url)).toBe(method))

  it.each([
    ['grpc://a.example:50051/shop.v1.Cart/Add', 'grpc://a.example:50051/shop.v1.Cart/Watch'],
    ['grpcs://a.example', 'grpcs://a.example/shop.v1.Cart/Watch'],
    ['', 'grpc://127.0.0.1:50051/shop.v1.Cart/Watch'],
  ])('%j gets another method and keeps its server', (url, changed) => expect(withMethod(url, 'shop.v1.Cart/Watch')).toBe(changed))
})
