import { toBase64 } from '../../../../shared/base64.ts'

/** The bytes of a file as a task carries them. */
export async function base64Of(file: File): Promise<string> {
  return toBase64(new Uint8Array(await file.arrayBuffer()))
}

/** Bytes that a base64 text stands for. */
export function bytesIn(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4)
}
