import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clusterSources, resolveCluster, type ClusterWords, type StoredCluster } from '../../../src/main/config/cluster.ts'
import { readConfigFile } from '../../../src/main/config/file.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stampede-config-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const places = (flags: ClusterWords = {}, env: NodeJS.ProcessEnv = {}, file: ClusterWords = {}): Parameters<typeof resolveCluster>[0] => ({ flags, env, file })
const stored: StoredCluster = { address: 'redis://stored:6379', namespace: 'team', username: 'me', ca: '', nodeName: 'desk', priority: 7, password: 'stored password', secret: 'stored secret' }

function fileWith(text: string, name = 'secret'): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

describe('which cluster is meant', () => {
  test('is said by a flag before the environment, by that before the configuration, and by that before the settings', () => {
    const address = (...given: Parameters<typeof places>): string | undefined => resolveCluster(places(...given), stored).redis?.address
    expect(address({ redis: 'redis://flag' }, { STAMPEDE_REDIS_URL: 'redis://env' }, { redis: 'redis://file' })).toBe('redis://flag')
    expect(address({}, { STAMPEDE_REDIS_URL: 'redis://env' }, { redis: 'redis://file' })).toBe('redis://env')
    expect(address({}, { STAMPEDE_REDIS_URL: '' }, { redis: 'redis://file' })).toBe('redis://file')
    expect(address()).toBe('redis://stored:6379')
    expect(resolveCluster(places()).redis).toBeNull()
  })

  test('is the default namespace of that Redis unless one is named', () => {
    expect(resolveCluster(places({ redis: 'redis://x' })).redis?.namespace).toBe('default')
    expect(resolveCluster(places({ redis: 'redis://x', namespace: 'nightly-2' })).redis?.namespace).toBe('nightly-2')
    expect(() => resolveCluster(places({ redis: 'redis://x' }, { STAMPEDE_NAMESPACE: 'Team A' }))).toThrow('STAMPEDE_NAMESPACE: "Team A" is no namespace.')
  })

  test('never gets the password and the secret that the settings keep for another one', () => {
    const { redis } = resolveCluster(places({ redis: 'redis://elsewhere' }), stored)
    expect(redis).toMatchObject({ address: 'redis://elsewhere', namespace: 'default', secret: '' })
    expect(redis).not.toHaveProperty('password')
    expect(redis).not.toHaveProperty('username')
    expect(resolveCluster(places(), stored).redis).toMatchObject({ namespace: 'team', username: 'me', password: 'stored password', secret: 'stored secret', name: 'desk' })
  })

  test('is warned about when its password stands in the arguments, and the password is in no message', () => {
    const { warnings, redis } = resolveCluster(places({ redis: 'redis://me:hunter2@x' }))
    expect(warnings).toEqual([expect.stringContaining('STAMPEDE_REDIS_URL is the better place')])
    expect(warnings.join()).not.toContain('hunter2')
    expect(redis?.address).toBe('redis://me:hunter2@x')
    expect(resolveCluster(places({}, { STAMPEDE_REDIS_URL: 'redis://me:hunter2@x' })).warnings).toEqual([])
    expect(clusterSources(places({ redis: 'redis://me:hunter2@x', priority: '3' }))).toEqual([{ name: 'redis', value: 'redis://***@x', source: 'flag' }, { name: 'priority', value: '3', source: 'flag' }])
  })
})

describe('the secret', () => {
  const secretOf = (...given: Parameters<typeof places>): string | undefined => resolveCluster(places({ redis: 'redis://x', ...given[0] }, given[1], given[2])).redis?.secret

  test('comes from the file that a flag names, else from the environment, else from a file that was configured', () => {
    const [flag, configured] = [fileWith('of the flag\n'), fileWith('configured', 'other')]
    expect(secretOf({ secretFile: flag }, { STAMPEDE_SECRET: 'of the environment' })).toBe('of the flag')
    expect(secretOf({}, { STAMPEDE_SECRET: ' of the environment\n', STAMPEDE_SECRET_FILE: configured })).toBe('of the environment')
    expect(secretOf({}, { STAMPEDE_SECRET_FILE: configured })).toBe('configured')
    expect(secretOf({}, {}, { secretFile: configured })).toBe('configured')
    expect(secretOf()).toBe('')
  })

  test('is missed in words when its file is not there or empty', () => {
    expect(() => secretOf({ secretFile: join(folder, 'nowhere') })).toThrow(/--secret-file: cannot read .*nowhere: there is no such file\./)
    expect(() => secretOf({ secretFile: fileWith(' \n') })).toThrow(/is empty/)
  })

  test('that others on this machine can read is warned about', () => {
    const path = fileWith('long and random')
    expect(resolveCluster(places({ redis: 'redis://x', secretFile: path })).warnings).toEqual([])
    chmodSync(path, 0o644)
    expect(resolveCluster(places({ redis: 'redis://x', secretFile: path })).warnings).toEqual([expect.stringContaining('chmod 600')])
  })
})

describe('the node', () => {
  const nodeOf = (flags: ClusterWords, env: NodeJS.ProcessEnv = {}): ReturnType<typeof resolveCluster>['node'] => resolveCluster(places(flags, env)).node

  test('is called like its machine, has the priority of its role and no limits, unless something else is said', () => {
    expect(nodeOf({})).toEqual({ name: hostname(), priority: null, allowHosts: [], maxRate: null, maxDurationMs: null, maxInFlight: null, stopAtErrors: null, rebalance: 'never', strategy: 'capacity' })
    const all = { nodeName: 'w1', priority: '0', allowHosts: ['api.example.com', '*.test.example'], maxRate: '5k', maxDuration: '1h30m', nodeMaxInFlight: '5k', stopAtErrors: '50%', rebalance: 'on-join', strategy: 'even' }
    expect(nodeOf(all)).toEqual({ name: 'w1', priority: 0, allowHosts: ['api.example.com', '*.test.example'], maxRate: 5000, maxDurationMs: 5_400_000, maxInFlight: 5000, stopAtErrors: 0.5, rebalance: 'on-join', strategy: 'even' })
    expect(nodeOf({}, { STAMPEDE_NODE_NAME: 'w2', STAMPEDE_PRIORITY: '9', STAMPEDE_ALLOW_HOSTS: 'a.example, B.example', STAMPEDE_MAX_RATE: '10/s', STAMPEDE_MAX_DURATION: '90', STAMPEDE_NODE_MAX_IN_FLIGHT: '7', STAMPEDE_STOP_AT_ERRORS: '0.5', STAMPEDE_STRATEGY: 'cores' })).toEqual({
      name: 'w2', priority: 9, allowHosts: ['a.example', 'b.example'], maxRate: 10, maxDurationMs: 90_000, maxInFlight: 7, stopAtErrors: 0.005, rebalance: 'never', strategy: 'cores',
    })
  })

  test.each([
    [{ nodeName: 'a\u001b[31m' }, '--name'],
    [{ nodeName: ' ' }, '--name'],
    [{ priority: '-1' }, '--priority'],
    [{ priority: '101' }, '--priority'],
    [{ priority: '1e1' }, '--priority'],
    [{ maxRate: '0' }, '--max-rate'],
    [{ maxRate: 'fast' }, '--max-rate'],
    [{ maxDuration: '5min' }, '--max-duration'],
    [{ maxDuration: '0s' }, '--max-duration'],
    [{ nodeMaxInFlight: '0' }, '--node-max-in-flight'],
    [{ nodeMaxInFlight: '1.5' }, '--node-max-in-flight'],
    [{ stopAtErrors: '101%' }, '--stop-at-errors'],
    [{ stopAtErrors: 'half' }, '--stop-at-errors'],
    [{ rebalance: 'always' }, '--rebalance'],
    [{ strategy: 'random' }, '--strategy'],
    [{ allowHosts: ['https://api.example.com/'] }, '--allow-host'],
  ] satisfies [ClusterWords, string][])('is refused with %o, under the name that was used', (flags, name) => {
    expect(() => nodeOf(flags)).toThrow(expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(new RegExp(`^${name}: `)) }))
  })
})

describe('the configuration file', () => {
  test('is config.yaml in the data folder, or the one that the environment names', async () => {
    expect(await readConfigFile(folder, {})).toEqual({})
    writeFileSync(join(folder, 'config.yaml'), 'redis: redis://10.0.0.5\npriority: 3\nallowHosts: [api.example.com]\n')
    expect(await readConfigFile(folder, {})).toEqual({ redis: 'redis://10.0.0.5', priority: '3', allowHosts: ['api.example.com'] })
    expect(await readConfigFile(folder, { STAMPEDE_CONFIG: fileWith('{"namespace": "other"}', 'other.json') })).toEqual({ namespace: 'other' })
    expect(await readConfigFile(folder, { STAMPEDE_CONFIG: fileWith('# nothing yet\n', 'empty.yaml') })).toEqual({})
    await expect(readConfigFile(folder, { STAMPEDE_CONFIG: join(folder, 'nowhere') })).rejects.toMatchObject({ code: 'bad-input' })
  })

  test('is refused with every problem in it', async () => {
    writeFileSync(join(folder, 'config.yaml'), 'namespcae: x\npriority: [1]\nallowHosts: api.example.com\n')
    const problems = await readConfigFile(folder, {}).catch((error: { problems: unknown }) => error.problems)
    expect(problems).toEqual([
      { path: 'namespcae', message: 'This is not known.', hint: 'Did you mean "namespace"?' },
      { path: 'priority', message: 'This must be a text or a number.' },
      { path: 'allowHosts', message: 'This must be a list of hosts.' },
    ])
    writeFileSync(join(folder, 'config.yaml'), 'a: [\n')
    await expect(readConfigFile(folder, {})).rejects.toMatchObject({ code: 'bad-input', hint: 'It must be YAML or JSON.' })
  })
})
