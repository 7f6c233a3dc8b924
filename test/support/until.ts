/** Polls until there is an answer other than null, undefined or false; what fails counts as none yet. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>, { withinMs = 30_000, everyMs = 50 } = {}): Promise<T> {
  let failure: unknown = null
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; ) {
    const found = await look().catch((error: unknown) => void (failure = error))
    if (found !== null && found !== undefined && found !== false) return found
    await wait(everyMs)
  }
  throw new Error(`waited ${withinMs} ms for ${what}`, failure === null ? {} : { cause: failure })
}

/** For what has to go on for a while before it can be judged. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
