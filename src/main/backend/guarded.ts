/** A guarded operation answers `fenced` when the lease is no longer the caller's. */
export type Guarded<T = 'done'> = { ok: true; value: T } | { ok: false; fenced: { epoch: number; nodeId: string } | null }
