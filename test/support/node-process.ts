import type { CommandName, Input, Output } from '../../src/shared/contract/contract.ts'
import type { Ended, Started } from './cli.ts'

/** One real process of the built product that has joined the cluster. */
export interface NodeProcess {
  readonly name: string
  readonly pid: number
  readonly ended: Promise<Ended>
  says(text: RegExp): Promise<void>
  /** All that it has printed so far. */
  printed(): string
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** SIGSTOP and SIGCONT. */
  freeze(): void
  thaw(): void
}

/** One with the console and its API. */
export interface ServeProcess extends NodeProcess {
  /** With the token of its one sign-in. */
  readonly url: string
  ask<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>>
}

/** All that some started process has not ended by itself: a test that is cut off leaves nothing behind. */
const alive = new Set<Started>()
process.once('exit', () => alive.forEach(({ child }) => child.kill('SIGKILL')))

export function nodeOf(name: string, started: Started): NodeProcess {
  const { child, ended, says } = started
  alive.add(started)
  void ended.then(() => alive.delete(started))
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: string) => { printed += chunk })
  return {
    name,
    pid: child.pid ?? 0,
    ended,
    says,
    printed: () => printed,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    signal: (signal) => void child.kill(signal),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  }
}

/** The console's own API over HTTP, for the one who has its link. */
export async function serveOf(node: NodeProcess): Promise<ServeProcess> {
  const link = /Console: (\S+)/
  await node.says(link)
  const url = link.exec(node.printed())?.[1] ?? ''
  const headers = { authorization: `Bearer ${new URL(url).searchParams.get('token') ?? ''}`, 'content-type': 'application/json' }
  return Object.assign(node, {
    url,
    async ask<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>> {
      const response = await fetch(new URL(`/api/${command}`, url), { method: 'POST', headers, body: JSON.stringify(input) })
      const text = await response.text()
      if (!response.ok) throw new Error(`${command} on ${node.name}: ${response.status} ${text}`)
      return JSON.parse(text) as Output<C>
    },
  })
}
