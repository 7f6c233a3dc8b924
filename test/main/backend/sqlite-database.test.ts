import { beforeEach, describe, expect, test } from 'vitest'
import { SqliteDatabase } from '../../../src/main/backend/sqlite-database.ts'

describe('a database', () => {
  let database: SqliteDatabase
  beforeEach(() => {
    database = new SqliteDatabase(':memory:', Date.now)
  })

  const put = (key: string, value: string): number => database.run('INSERT INTO settings (key, value) VALUES (?, ?)', key, value)
  const keys = (): unknown[] => database.all('SELECT key FROM settings ORDER BY key').map((row) => row['key'])

  test('takes all of a transaction or nothing', () => {
    expect(() => database.transaction(() => {
      put('a', '1')
      throw new Error('changed my mind')
    })).toThrow('changed my mind')
    expect(keys()).toEqual([])
    database.transaction(() => put('b', '2'))
    expect(keys()).toEqual(['b'])
  })

  test('that finds the disk full says so, keeps what it has, and goes on when there is room', () => {
    const grow = (): void => { for (let i = 0; i < 100; i++) put(`key ${i}`, 'x'.repeat(4000)) }
    put('before', '')
    database.get('PRAGMA max_page_count = 40') // SQLite's own bound gives the very result code of a full disk
    const full = expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining('the disk is full'), hint: expect.any(String) })
    expect(() => database.transaction(grow)).toThrow(full)
    expect(keys()).toEqual(['before'])
    database.get('PRAGMA max_page_count = 4000')
    database.transaction(grow)
    expect(keys()).toHaveLength(101)
  })

  test('that must not be written says so, and can still be read', () => {
    put('before', '')
    database.get('PRAGMA query_only = 1')
    expect(() => put('after', '')).toThrow(expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining('read-only') }))
    expect(keys()).toEqual(['before'])
  })
})
