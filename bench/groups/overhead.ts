import { setTimeout as sleep } from 'node:timers/promises'
import { inRepository, type Bench } from '../bench-context.ts'
import { measure } from '../measure.ts'
import { watchNoise, type Noise } from '../noise.ts'
import { treeCpu } from '../proc.ts'
import { steadyBetween } from '../probes.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'
import { startServe } from '../targets/serve.ts'

const RATE = 5000
/** Seconds after the first request until code is compiled. */
const SETTLED = 2

/** CPU of the whole product against that of its engine alone, at the same rate. */
interface Cost {
  noise: Noise
  /** CPU seconds per second. */
  cores: number
}

/** Master, collector, store, HTTP and an open console may add 15 % to the engine. */
export async function overhead(bench: Bench): Promise<Row[]> {
  bench.say(`overhead, ${RATE}/s:`)
  const seconds = bench.options.quick ? 5 : 12
  const rounds = await interleave([() => engineAlone(bench, seconds), () => wholeProduct(bench, seconds)], { rounds: bench.options.quick ? 1 : 3, say: bench.say })
  return [
    rowOf('engine alone', '% of a core', null, rounds, ([engine]) => (engine?.cores ?? NaN) * 100),
    rowOf('serve with an open console', '% of a core', null, rounds, ([, product]) => (product?.cores ?? NaN) * 100),
    rowOf('serve with an open console / engine alone', '×', 1.15, rounds, ([engine, product]) => (product?.cores ?? NaN) / (engine?.cores ?? NaN)),
  ]
}

async function engineAlone({ nginx, cores }: Bench, seconds: number): Promise<Cost> {
  const argv = [process.execPath, inRepository('bench', 'engine', 'constant-rate.ts'), `${nginx.url}/`, String(RATE), String(seconds)]
  const { probed, noise, code, stderr } = await measure({ argv, core: cores.client, servers: nginx.pids, limitSeconds: seconds + 30, probe: steadyBetween(SETTLED, seconds - 0.2, nginx.requests) })
  if (code !== 0 || probed === null) throw new Error(`the engine alone ended with ${code}: ${stderr.slice(-300)}`)
  return { noise, cores: probed.cpuSeconds / probed.seconds }
}

async function wholeProduct(bench: Bench, seconds: number): Promise<Cost> {
  const serve = await startServe(bench)
  try {
    const stopConsole = await serve.openConsole()
    await serve.startTask({ name: 'overhead', load: { rate: RATE, duration: `${seconds + 2}s` }, request: { url: `${bench.nginx.url}/` } })
    await sleep(SETTLED * 1000)
    const endNoise = watchNoise(bench.nginx.pids)
    const before = { at: performance.now(), cpu: treeCpu(serve.pid), served: await bench.nginx.requests() }
    await sleep((seconds - SETTLED) * 1000)
    const elapsed = (performance.now() - before.at) / 1000
    const spent = treeCpu(serve.pid) - before.cpu
    expectRate(((await bench.nginx.requests()) - before.served) / elapsed)
    stopConsole()
    return { noise: endNoise(spent), cores: spent / elapsed }
  } finally {
    await serve.stop()
  }
}

/** A product that does not send costs nothing: that must not pass for thrift. */
function expectRate(rate: number): void {
  if (Math.abs(rate - RATE) > RATE * 0.02) throw new Error(`the product sent ${Math.round(rate)}/s instead of ${RATE}/s`)
}
