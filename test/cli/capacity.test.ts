import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CapacityView } from '../../src/shared/results/capacity.ts'
import { runCli, startCli, temporaryFolder } from '../support/cli.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'

const folder = temporaryFolder()
const options = { dataDir: folder.path }
let nginx: Nginx

beforeAll(async () => { nginx = await startNginx() })
afterAll(async () => {
  await nginx.stop()
  folder.remove()
})

/** Short holds on a machine that may be busy: the generator is not what is asked about. */
const BRIEF = ['--hold', '1s', '--allow-saturated']

describe('stampede capacity', () => {
  test('0 and the highest rate where the target bears all that was to be tried', async () => {
    const ended = await runCli(['capacity', nginx.url, '-r', '100', '--ceiling', '150', '--json', ...BRIEF], options)
    const view = JSON.parse(ended.stdout) as CapacityView
    expect(view).toMatchObject({ status: 'finished', bounds: { holds: 150, failsAt: null, limitedBy: 'ceiling' } })
    expect(view.holds.map(({ rate, outcome }) => [rate, outcome])).toEqual([[100, 'held'], [150, 'held']])
    expect(ended.stderr).toMatch(/✓ 100 req\/s/)
    expect(ended.code).toBe(0)
    const history = JSON.parse((await runCli(['history', '--json'], options)).stdout) as { id: string }[]
    expect(history.map(({ id }) => id).sort()).toEqual(view.holds.map(({ runId }) => runId).sort())
  })

  test('99 where the thresholds hold at no rate', async () => {
    const ended = await runCli(['capacity', `${nginx.url}busy`, '-r', '1', ...BRIEF], options)
    expect(ended.stdout).toBe('The thresholds do not hold at any rate, down to 1 req/s.\n')
    expect(ended.code).toBe(99)
  })

  test('4 where nobody answers, 2 for a rate that is none', async () => {
    expect(await runCli(['capacity', 'http://127.0.0.1:1/', '-r', '5', ...BRIEF], options)).toMatchObject({ code: 4, stdout: expect.stringContaining('ECONNREFUSED') })
    expect(await runCli(['capacity', nginx.url, '--ceiling', 'high'], options)).toMatchObject({ code: 2, stderr: expect.stringContaining('--ceiling') })
  })

  test('130 after Ctrl-C, with what held so far', async () => {
    const search = startCli(['capacity', nginx.url, '-r', '50', ...BRIEF], options)
    await search.says(/✓ 50 req\/s/)
    search.child.kill('SIGINT')
    expect(await search.ended).toMatchObject({ code: 130, stdout: expect.stringMatching(/^Stopped. \d+ req\/s held so far.\n$/) })
  })
})
