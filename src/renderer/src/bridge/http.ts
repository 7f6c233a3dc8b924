import { AppError } from '../../../shared/errors.ts'
import type { Bridge } from '../../../shared/contract/rpc.ts'
import type { CommandName, EventName, Events, Input, Output } from '../../../shared/contract/contract.ts'
import type { WireError } from '../../../shared/results/summary.ts'
import { fromWire } from './wire.ts'

/** What an EventSource is used for here; a test hands in its own. */
export interface EventStream {
  addEventListener(name: string, listener: (message: MessageEvent<string>) => void): void
  removeEventListener(name: string, listener: (message: MessageEvent<string>) => void): void
}

export interface HttpBridge extends Bridge {
  /** Facts were missed for good (the server was restarted, or we were away for long): ask for everything again. */
  onReset(listener: () => void): () => void
}

/** The bridge of the console: commands by POST, facts by server-sent events (the browser reconnects and resumes by itself). */
export function createHttpBridge(base: string, fetcher: typeof fetch, openStream: () => EventStream): HttpBridge {
  let stream: EventStream | undefined

  function hearFrom(name: string, hear: (message: MessageEvent<string>) => void): () => void {
    const source = (stream ??= openStream())
    source.addEventListener(name, hear)
    return () => source.removeEventListener(name, hear)
  }

  return {
    async invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>> {
      const response = await post(fetcher, `${base}api/${command}`, input)
      if (!response.ok) throw await refusal(response)
      return (await response.json()) as Output<C>
    },
    on<E extends EventName>(event: E, listener: (fact: Events[E]) => void): () => void {
      return hearFrom(event, (message) => listener(JSON.parse(message.data) as Events[E]))
    },
    onReset: (listener) => hearFrom('reset', listener),
  }
}

async function post(fetcher: typeof fetch, url: string, input: unknown): Promise<Response> {
  try {
    return await fetcher(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(input), credentials: 'same-origin' })
  } catch (cause) {
    throw new AppError('internal', 'Stampede does not answer. Is it still running?', { cause })
  }
}

/** A refusal carries a WireError; anything else (a proxy's page) is named by its status. */
async function refusal(response: Response): Promise<AppError> {
  const body = (await response.json().catch(() => null)) as WireError | null
  if (body !== null && typeof body.code === 'string') return fromWire(body)
  return new AppError('internal', `Stampede answered with status ${String(response.status)}.`)
}
