/** Which cluster, and how to get in. */
export interface RedisAccess {
  /** `redis://host:6379`; every form of it: `src/main/backend/redis/address.ts`. */
  address: string
  /** Up to 32 lower-case letters, digits and hyphens; clusters of different namespaces never meet. */
  namespace: string
  /** Of the cluster. Empty only for a Redis that no other machine can reach. */
  secret: string
  /** Instead of the ones in the address. */
  username?: string
  password?: string
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  ca?: string
  /** How Redis lists the connections. */
  name?: string
}
