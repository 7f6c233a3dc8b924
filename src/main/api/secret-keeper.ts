/**
 * Where the password of Redis and the secret of the cluster rest between two starts: the keychain of the system, or a
 * file that only this user may read. They go in by the settings and come out only to whoever opens the cluster.
 */
export interface SecretKeeper {
  readonly place: 'keychain' | 'file'
  get(name: SecretName): Promise<string | null>
  /** Null forgets it. */
  set(name: SecretName, value: string | null): Promise<void>
}

export type SecretName = 'redis-password' | 'cluster-secret'
