import { expect, test } from 'vitest'
import { explainRedis } from '../../../../src/main/backend/redis/failures.ts'

test.each([
  'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Connection is closed.',
  'Command aborted due to connection close',
])('a command that was cut off is told as what it is: %s', (message) => {
  expect(explainRedis(new Error(message), 'redis://10.0.0.5')).toMatchObject({ code: 'store-unavailable', message: 'Redis at redis://10.0.0.5 is not connected.' })
})
