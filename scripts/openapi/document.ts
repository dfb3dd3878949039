import packageFile from '../../package.json' with { type: 'json' }
import { CATALOGUE, isErrorCode } from '../../src/contract/catalogue.ts'
import type { Method } from '../../src/policy/route.ts'
import { SUPPORT } from '../reference/support.ts'
import { SECURITY_SCHEMES, securityOf, terms, whoMay } from './access.ts'
import { BODY_COMPONENTS, BODY_SCHEMAS, bodyOf } from './bodies.ts'
import type { Json } from './body-schema.ts'
import { DESCRIPTION } from './description.ts'
import { exampleComponents } from './examples.ts'
import { HEADER_COMPONENTS, headersOn } from './headers.ts'
import type { Operation } from './operation.ts'
import { illustratedSchemas } from './own-examples.ts'
import { OWN_PAGES } from './own-pages.ts'
import { PARAMETER_COMPONENTS, pagingOf, sharedParameters } from './parameters.ts'
import { Responses } from './responses.ts'
import { type Place, places } from './rows.ts'

/** The route table as OpenAPI 3.1: what every row takes, and every answer it can give. */
export async function openApiDocument(): Promise<Json> {
  const responses = new Responses()
  const paths = places().map((place) => [place.path, pathItemOf(place, responses)] as const)
  return {
    openapi: '3.1.1',
    info: {
      title: 'CloudToLocalLLM Gateway',
      version: packageFile.version,
      summary: packageFile.description,
      description: DESCRIPTION,
      contact: { name: 'Support', email: SUPPORT },
      license: { name: packageFile.license, identifier: packageFile.license },
    },
    servers: [{ url: '/' }, { url: '/api', description: 'The API has every path here too' }],
    tags: tagsOf(paths.map(([path]) => path)),
    paths: Object.fromEntries(paths),
    components: {
      schemas: { Envelope: ENVELOPE, Problem: PROBLEM, ...illustratedSchemas(), ...BODY_SCHEMAS },
      responses: { ...GOOD, ...responses.components() },
      parameters: PARAMETER_COMPONENTS,
      requestBodies: BODY_COMPONENTS,
      headers: HEADER_COMPONENTS,
      examples: await exampleComponents(),
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

const ENVELOPE = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { enum: Object.keys(CATALOGUE).filter(isErrorCode) },
        message: { type: 'string' },
        category: { type: 'string' },
        statusCode: { type: 'integer' },
        correlationId: { type: 'string', description: 'The same as `X-Correlation-ID`.' },
        suggestion: { type: 'string', description: 'What can be done about it.' },
        details: { type: 'object', description: 'Where there is something to add.' },
      },
      required: ['code', 'message', 'category', 'statusCode', 'correlationId', 'suggestion'],
      additionalProperties: false,
    },
  },
  required: ['error'],
}

/** RFC 9457, for who asks for it, beside the envelope. */
const PROBLEM = {
  allOf: [
    { $ref: '#/components/schemas/Envelope' },
    {
      type: 'object',
      properties: {
        type: { type: 'string', format: 'uri', description: 'The page of the code.' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        instance: { type: 'string', format: 'uri' },
      },
      required: ['type', 'title', 'status', 'detail', 'instance'],
    },
  ],
}

const GOOD = {
  Answer: {
    description: "The API's answer, byte for byte; 101 where it opens a WebSocket.",
    headers: headersOn(),
    content: { '*/*': {} },
  },
  Elsewhere: {
    description: "The API's redirect, or its 304.",
    headers: headersOn(),
  },
}

function pathItemOf(place: Place, responses: Responses): Json {
  const operations = place.answering.map(({ method, routes }) => {
    const operation = operationOf(
      place,
      method,
      routes.map((route) => ({ route, method })),
      responses,
    )
    return [method.toLowerCase(), operation] as const
  })
  return {
    ...(!place.mounted && { servers: [{ url: '/' }] }),
    parameters: sharedParameters(place),
    ...Object.fromEntries(operations),
  }
}

function operationOf(
  { path }: Place,
  method: Method,
  operations: readonly Operation[],
  responses: Responses,
): Json {
  // Where a setting decides who answers, the gateway's own page says more about the request.
  const told = operations.find(({ route }) => route.page) ?? operations[0]
  if (!told) throw new Error(`nothing answers ${method} ${path}`)
  const { route } = told
  const paging = method === 'GET' ? pagingOf(route) : []
  const description = [
    ...terms(route),
    ...(operations.length > 1
      ? ['Without `TOKEN_ENDPOINT` it is forwarded, and the codes are those of either way.']
      : []),
  ].join(' ')
  return {
    tags: [tagOf(path)],
    operationId: idOf(method, path),
    summary: route.page ? OWN_PAGES[route.page].summary : whoMay(route),
    ...(description && { description }),
    security: securityOf(route),
    ...(paging.length > 0 && { parameters: paging }),
    ...bodyOf(told),
    responses: { ...goodOf(operations), ...responses.errorsOf(operations) },
    'x-row': route.path,
  }
}

function goodOf(operations: readonly Operation[]): Json {
  const pages = operations.flatMap(({ route }) => (route.page ? [OWN_PAGES[route.page]] : []))
  const own = pages.map(({ summary, answer, types = ['application/json'] }) => [
    '200',
    {
      description: summary,
      headers: headersOn(),
      content: Object.fromEntries(
        types.map((type) => [
          type,
          answer ? { schema: { $ref: `#/components/schemas/${answer}` } } : {},
        ]),
      ),
    },
  ])
  return {
    ...Object.fromEntries(own),
    ...(operations.some(({ route }) => !route.page) && {
      '2XX': { $ref: '#/components/responses/Answer' },
      '3XX': { $ref: '#/components/responses/Elsewhere' },
    }),
  }
}

function idOf(method: Method, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean)
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
  return method.toLowerCase() + name
}

const OWN_TAG = 'gateway'

function tagOf(path: string): string {
  const [, area = ''] = path.split('/')
  return area.startsWith('_') || area.startsWith('.') ? OWN_TAG : area
}

function tagsOf(paths: readonly string[]): Json[] {
  return [...new Set(paths.map(tagOf))].map((name) =>
    name === OWN_TAG ? { name, description: 'What the gateway answers itself.' } : { name },
  )
}
