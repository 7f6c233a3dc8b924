import { ClusterProcesses } from '../../../support/cluster.ts'
import type { FaultProxy } from '../../../support/fault-proxy.ts'
import { startNginx, type Nginx } from '../../../support/nginx.ts'
import type { NodeProcess, ServeProcess } from '../../../support/node-process.ts'

/** A node that faults may strike: it comes back under the same name and data folder. */
export interface Victim {
  name: string
  wire: FaultProxy
  node: NodeProcess
  restart(): Promise<void>
}

export interface World {
  cluster: ClusterProcesses
  nginx: Nginx
  /** Leads at times, is never struck: what everything is asked of. */
  desk: ServeProcess
  nodes: Victim[]
  sentinels: Victim[]
  /** Processes that ended although nobody ended them. */
  crashed: string[]
  stop(): Promise<void>
}

/** Five nodes, three sentinels, each behind a wire of its own; one Redis, one target. */
export async function buildWorld(): Promise<World> {
  const cluster = await ClusterProcesses.start()
  const nginx = await startNginx({ log: true })
  const desk = await cluster.serve('desk', { priority: 3 })
  const crashed: string[] = []

  const victim = async (name: string, begin: (through: string, dataDir: string) => Promise<NodeProcess>): Promise<Victim> => {
    const wire = await cluster.wire()
    const dataDir = cluster.newDataDir()
    const watched = async (): Promise<NodeProcess> => {
      const node = await begin(wire.url, dataDir)
      void node.ended.then(({ code, stderr }) => {
        if (code !== null && code !== 0) crashed.push(`${name} ended with ${code}: ${stderr.slice(-500)}`)
      })
      return node
    }
    const one: Victim = { name, wire, node: await watched(), restart: async () => void (one.node = await watched()) }
    return one
  }

  const leader = (name: string, priority: number) => victim(name, (through, dataDir) => cluster.worker(name, { through, dataDir, priority, args: ['--may-lead'] }))
  const nodes = [await leader('red', 9), await leader('green', 7), await leader('blue', 5)]
  nodes.push(await victim('worker', (through, dataDir) => cluster.worker('worker', { through, dataDir })))
  const sentinels: Victim[] = []
  for (const name of ['s1', 's2', 's3']) sentinels.push(await victim(name, (through, dataDir) => cluster.sentinel(name, { through, dataDir })))
  const stop = async (): Promise<void> => {
    await cluster.stop()
    await nginx.stop()
  }
  return { cluster, nginx, desk, nodes, sentinels, crashed, stop }
}
