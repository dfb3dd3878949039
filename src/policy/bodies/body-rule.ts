import { SCHEMAS } from './schemas.ts'

export type SchemaName = keyof typeof SCHEMAS

/** `json` asks for nothing but JSON. */
export type BodyRule = 'json' | SchemaName

export const BODY_RULES: readonly BodyRule[] = ['json', ...Object.keys(SCHEMAS).filter(isSchema)]

function isSchema(name: string): name is SchemaName {
  return Object.hasOwn(SCHEMAS, name)
}

export const MOST_JUDGED_BYTES = 65_536
