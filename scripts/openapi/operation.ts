import type { Method, Route } from '../../src/policy/route.ts'

/** One method of one row of the route table. */
export interface Operation {
  readonly route: Route
  readonly method: Method
}

/** Methods whose bodies are looked at. */
export function carriesContent(method: Method): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE'
}
