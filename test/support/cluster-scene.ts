import { ClusterProcesses } from './cluster.ts'
import { startNginx, type Nginx } from './nginx.ts'

/** A cluster and a target of one's own, which writes down every arrival. */
export interface Scene {
  cluster: ClusterProcesses
  nginx: Nginx
}

/** Both end with the scene, however it ends: several can play beside each other. */
export async function scene<T>(play: (scene: Scene) => Promise<T>): Promise<T> {
  const cluster = await ClusterProcesses.start()
  const nginx = await startNginx({ log: true })
  try {
    return await play({ cluster, nginx })
  } finally {
    await cluster.stop()
    await nginx.stop()
  }
}
