/** Random bytes of a cluster's secret: as many as the key that is made of it. */
const BYTES = 32

/** A secret for a new cluster, base64url: survives shells, files and environment variables. */
export function newSecret(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const text = btoa(String.fromCharCode(...random(new Uint8Array(BYTES))))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
