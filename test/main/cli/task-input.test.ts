import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { readTask } from '../../../src/main/cli/task-input.ts'
import type { RunFlags } from '../../../src/main/cli/run-flags.ts'
import type { AppError } from '../../../src/shared/errors.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'

const folder = mkdtempSync(join(tmpdir(), 'stampede-task-input-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => void vi.unstubAllEnvs())

const URL = 'https://api.example.com/orders'

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

async function read(flags: Partial<RunFlags>, target = URL): Promise<TaskSpec> {
  return (await readTask(target, { keepalive: true, color: false, ...flags })).spec
}

async function problems(flags: Partial<RunFlags>, target = URL): Promise<string[]> {
  const error = await read(flags, target).then(() => null, (caught: AppError) => caught)
  return error?.problems.map(({ path, message, hint }) => `${path}: ${message} ${hint}`) ?? []
}

describe('auth by flags', () => {
  it('takes its secret from the environment, as a variable', async () => {
    vi.stubEnv('TOKEN', 'gehe{{im')
    expect(await read({ auth: 'bearer', authSecretEnv: 'TOKEN' })).toMatchObject({ auth: { type: 'bearer', token: '{{env.TOKEN}}' }, env: { TOKEN: 'gehe{{im' } })
    expect(await read({ user: 'ada', authSecretEnv: 'TOKEN' })).toMatchObject({ auth: { type: 'basic', username: 'ada', password: '{{env.TOKEN}}' } })
    vi.stubEnv('STAMPEDE_AUTH_SECRET', 'x')
    expect(await read({ auth: 'api-key' })).toMatchObject({ auth: { type: 'api-key', name: 'X-API-Key', in: 'header', value: '{{env.STAMPEDE_AUTH_SECRET}}' }, env: { STAMPEDE_AUTH_SECRET: 'x' } })
    expect(await read({ auth: 'oauth2', user: 'me', tokenUrl: 'https://a.example/t', scope: 'read', audience: 'b', credentialsIn: 'body' })).toMatchObject({ auth: { type: 'oauth2', clientId: 'me', clientSecret: '{{env.STAMPEDE_AUTH_SECRET}}', tokenUrl: 'https://a.example/t', scope: 'read', audience: 'b', credentialsIn: 'body' } })
    expect((await read({})).auth).toBeUndefined()
  })

  it('takes it from a file, without the line break at its end, and whatever is in it', async () => {
    expect(await read({ auth: 'bearer', authSecretFile: file('secret', 'a{{b}}\n') })).toMatchObject({ auth: { type: 'bearer', token: "a{{'{{'}}b}}" } })
  })

  it('lies over that of the file, which keeps what is not said', async () => {
    const path = file('auth.yaml', `request: { url: '${URL}' }\nauth: { type: oauth2, tokenUrl: 'https://a.example/t', clientId: a, clientSecret: b, scope: all }\n`)
    expect(await read({ scope: 'some' }, path)).toMatchObject({ auth: { type: 'oauth2', clientId: 'a', clientSecret: 'b', scope: 'some' } })
    expect((await read({ auth: 'bearer', authSecretFile: file('token', 'c') }, path)).auth).toEqual({ type: 'bearer', token: 'c' })
  })

  it('refuses a password among the words of the command, and says what is missing', async () => {
    expect(await problems({ user: 'ada:geheim' })).toEqual([expect.stringMatching(/^--user: a password on the command line is seen by everybody.*--auth-secret-env/)])
    expect(JSON.stringify(await problems({ user: 'ada:geheim' }))).not.toContain('geheim')
    expect(await problems({ auth: 'bearer' })).toEqual([expect.stringContaining('auth.token: auth of the type bearer needs token.')])
    expect(await problems({ auth: 'bearer', authSecretEnv: 'NOT_THERE' })).toEqual(expect.arrayContaining([expect.stringContaining('--auth-secret-env: the environment has no NOT_THERE.')]))
    expect(await problems({ auth: 'bearer', authSecretEnv: 'my secret!' })).toEqual(expect.arrayContaining([expect.stringContaining('Give the name of a variable that holds the secret, not the secret.')]))
    expect(await problems({ auth: 'bearer', authSecretFile: '/nowhere' })).toEqual(expect.arrayContaining([expect.stringContaining('--auth-secret-file: cannot read /nowhere: there is no such file.')]))
    expect(await problems({ auth: 'digest' })).toEqual([expect.stringMatching(/^--auth: Digest asks the server.*not supported/)])
  })
})

describe('bodies by flags and files', () => {
  it('come from files that lie beside the task file, and travel with it', async () => {
    file('order.json', '{"id":{{seq}}}')
    file('photo.png', Buffer.from([0x89, 0x50, 0xff]))
    expect(await read({}, file('body.yaml', `request: { url: '${URL}', bodyFile: order.json }\n`))).toMatchObject({ request: { method: 'POST', body: '{"id":{{seq}}}' } })
    expect(await read({}, file('bytes.yaml', `request: { url: '${URL}', bodyFile: photo.png }\n`))).toMatchObject({ request: { bodyBase64: 'iVD/' } })
    const parts = file('parts.yaml', `request:\n  url: ${URL}\n  multipart: [{ name: title, value: hello }, { name: photo, file: photo.png }, { name: data, file: order.json, contentType: text/x, filename: o }]\n`)
    expect((await read({}, parts)).request.multipart).toEqual([{ name: 'title', value: 'hello' }, { name: 'photo', base64: 'iVD/', filename: 'photo.png', contentType: 'image/png' }, { name: 'data', base64: Buffer.from('{"id":{{seq}}}').toString('base64'), filename: 'o', contentType: 'text/x' }])
    const steps = file('steps.yaml', `steps:\n  - request: { url: '${URL}', bodyFile: order.json }\n  - request: { url: '${URL}', multipart: [{ name: photo, file: photo.png }] }\n`)
    expect((await read({}, steps)).steps?.map(({ request }) => request.body ?? request.multipart)).toEqual(['{"id":{{seq}}}', [expect.objectContaining({ base64: 'iVD/' })]])
  })

  it('are written as curl writes them', async () => {
    const path = file('a b.txt', 'text')
    expect((await read({ form: ['k=v;type=text/x', 'q="a;b"', `f=@${path}`, `g=@${path};type=image/x;filename="o.bin"`, `t=<${path}`] })).request.multipart).toEqual([
      { name: 'k', value: 'v', contentType: 'text/x' },
      { name: 'q', value: 'a;b' },
      { name: 'f', base64: 'dGV4dA==', filename: 'a b.txt', contentType: 'text/plain' },
      { name: 'g', base64: 'dGV4dA==', filename: 'o.bin', contentType: 'image/x' },
      { name: 't', value: 'text' },
    ])
    expect((await read({ dataUrlencode: ['a=1', 'a=2', 'b=x&y'] })).request).toMatchObject({ method: 'POST', form: { a: ['1', '2'], b: 'x&y' } })
    expect((await read({ dataUrlencode: ['a=1'] }, file('over.yaml', `request: { url: '${URL}', body: x }\n`))).request).toMatchObject({ form: { a: '1' } })
  })

  it('are refused where they cannot be read, or are too large to travel', async () => {
    const large = file('large.bin', Buffer.alloc(4 * 1024 * 1024 + 1))
    expect(await problems({ dataFile: large })).toEqual([expect.stringMatching(/^--data-file: .*large.bin has 4.0 MiB, and a body has at most 4. Every request carries its body/)])
    expect(await problems({ form: [`f=@${large}`, 'nothing', 'x=@/nowhere'] })).toEqual(expect.arrayContaining([expect.stringContaining('large.bin has 4.0 MiB'), expect.stringContaining('--form: cannot read /nowhere'), expect.stringContaining('--form: "nothing" is no part')]))
    expect(await problems({}, file('gone.yaml', `request: { url: '${URL}', bodyFile: gone.json }\n`))).toEqual([expect.stringMatching(/^request.bodyFile: cannot read .*gone.json: there is no such file/)])
    expect(await problems({ data: 'x', form: ['a=b'] })).toEqual([expect.stringContaining('--form: body and multipart exclude each other.')])
  })
})

describe('ways by flags', () => {
  it('are read and judged as curl has them', async () => {
    expect((await read({ resolve: ['API.example.com:443:127.0.0.1'], connectTo: ['::localhost:8443'] })).transport).toMatchObject({ resolve: ['api.example.com:443:127.0.0.1'], connectTo: ['::localhost:8443'] })
    expect(await problems({ resolve: ['a:b'], connectTo: ['x'] })).toEqual([expect.stringContaining('--resolve: "a:b" does not say which host'), expect.stringContaining('--connect-to: "x" does not say')])
  })
})
