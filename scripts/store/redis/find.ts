import { findProgram } from '../../find-program.ts'

export function findRedisServer(path?: string): string | undefined {
  return findProgram('redis-server', path)
}
