import {
  CATALOGUE,
  type Category,
  type ErrorCode,
  isErrorCode,
  STATUS_OF_CATEGORY,
} from '../../src/contract/catalogue.ts'
import type { Json } from './body-schema.ts'
import { headersOn } from './headers.ts'
import type { Operation } from './operation.ts'
import { ownCodesOf } from './own-codes.ts'
import { relayedCodesOf } from './relayed-codes.ts'

const TITLES: Readonly<Record<Category, string>> = {
  validation: 'BadRequest',
  authentication: 'Unauthorized',
  authorization: 'Forbidden',
  not_found: 'NotFound',
  rate_limit: 'TooManyRequests',
  server: 'ServerError',
  service_unavailable: 'ServiceUnavailable',
}

const CODES = Object.keys(CATALOGUE).filter(isErrorCode)

/** Every error answer once, by what it can be. */
export class Responses {
  readonly #known = new Map<string, { readonly name: string; readonly response: Json }>()

  /** What these rows answer beside good answers, by status. */
  errorsOf(operations: readonly Operation[]): Json {
    const own = CODES.filter((code) =>
      operations.some((operation) => ownCodesOf(operation).has(code)),
    )
    const relayed = CODES.filter((code) =>
      operations.some((operation) => relayedCodesOf(operation).has(code)),
    )
    const answers = Object.keys(TITLES)
      .filter(isCategory)
      .flatMap((category) => {
        const here = own.filter(isOf(category))
        const there = relayed.filter(isOf(category))
        if (here.length + there.length === 0) return []
        const $ref = `#/components/responses/${this.#nameOf(category, here, there)}`
        return [[String(STATUS_OF_CATEGORY[category]), { $ref }] as const]
      })
    return Object.fromEntries(answers)
  }

  components(): Json {
    const responses = [...this.#known.values()].map(
      ({ name, response }) => [name, response] as const,
    )
    return Object.fromEntries(
      responses.sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true })),
    )
  }

  #nameOf(category: Category, own: readonly ErrorCode[], relayed: readonly ErrorCode[]): string {
    const key = [category, own, relayed].join('|')
    const known = this.#known.get(key)
    if (known) return known.name
    const title = TITLES[category]
    const others = [...this.#known.values()].filter(({ name }) => name.startsWith(title))
    const name = others.length === 0 ? title : `${title}${others.length + 1}`
    this.#known.set(key, { name, response: responseOf(category, own, relayed) })
    return name
  }
}

function responseOf(
  category: Category,
  own: readonly ErrorCode[],
  relayed: readonly ErrorCode[],
): Json {
  const onlyRelayed = relayed.filter((code) => !own.includes(code))
  const all = CODES.filter((code) => own.includes(code) || relayed.includes(code))
  const lines = [
    ...own.map((code) => `- \`${code}\`: ${CATALOGUE[code].meaning}`),
    ...onlyRelayed.map(
      (code) => `- \`${code}\`, by the API's answer alone: ${CATALOGUE[code].meaning}`,
    ),
  ]
  return {
    description: lines.join('\n'),
    headers: headersOn(STATUS_OF_CATEGORY[category]),
    content: {
      'application/json': {
        schema: narrowed('Envelope', category, all),
        examples: Object.fromEntries(
          all.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
        ),
      },
      'application/problem+json': { schema: narrowed('Problem', category, all) },
    },
    'x-codes': { gateway: own, relayed },
  }
}

function narrowed(schema: string, category: Category, codes: readonly ErrorCode[]): Json {
  const error = {
    properties: {
      code: { enum: codes },
      category: { const: category },
      statusCode: { const: STATUS_OF_CATEGORY[category] },
    },
  }
  return { allOf: [{ $ref: `#/components/schemas/${schema}` }, { properties: { error } }] }
}

function isOf(category: Category) {
  return (code: ErrorCode) => CATALOGUE[code].category === category
}

function isCategory(name: string): name is Category {
  return Object.hasOwn(STATUS_OF_CATEGORY, name)
}
