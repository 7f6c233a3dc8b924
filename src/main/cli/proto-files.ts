import { basename, resolve } from 'node:path'
import type { Problem } from '../../shared/errors.ts'

type Raw = Record<string, unknown>

/**
 * A request as written, with what its .proto file says in place of where it lies: the descriptor travels with the task.
 * @param at its path, or the flag that named the file. @param folder that paths in it are relative to.
 */
export async function withDescriptor(request: Raw, at: string, folder: string, problems: Problem[]): Promise<Raw> {
  const { proto, protoPath, ...rest } = request
  if (typeof proto !== 'string' || rest['descriptor'] !== undefined) return request
  const { readProto } = await import('../proto/read-proto.ts')
  const folders = [protoPath].flat().filter((path) => typeof path === 'string').map((path) => resolve(folder, path))
  const read = await readProto(resolve(folder, proto), folders)
  if (read.ok) return { ...rest, proto: basename(proto), descriptor: read.descriptor }
  problems.push({ ...read.problem, path: at.startsWith('--') ? at : `${at}.proto` })
  return rest
}
