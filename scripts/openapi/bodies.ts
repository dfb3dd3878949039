import { BODY_RULES, type BodyRule } from '../../src/policy/bodies/body-rule.ts'
import { SCHEMAS } from '../../src/policy/bodies/schemas.ts'
import { type Json, jsonSchemaOf } from './body-schema.ts'
import { carriesContent, type Operation } from './operation.ts'
import { OWN_PAGES } from './own-pages.ts'

const title = (rule: BodyRule) => `${rule.charAt(0).toUpperCase()}${rule.slice(1)}Body`

export const BODY_SCHEMAS: Json = Object.fromEntries(
  BODY_RULES.filter((rule) => rule !== 'json').map((rule) => [
    title(rule),
    jsonSchemaOf(SCHEMAS[rule]),
  ]),
)

/** What a route asks of a body, and a body of which nothing is asked but its size. */
export const BODY_COMPONENTS: Json = {
  Unjudged: {
    description: 'Of this body the gateway judges only the size.',
    content: { '*/*': {} },
  },
  ...Object.fromEntries(BODY_RULES.map((rule) => [title(rule), requestBodyOf(rule)])),
}

function requestBodyOf(rule: BodyRule): Json {
  const schema = rule === 'json' ? {} : { $ref: `#/components/schemas/${title(rule)}` }
  return {
    description:
      rule === 'json'
        ? 'JSON; a form is passed on unread.'
        : 'Judged up to 64 KiB; fields that are not named pass. What is a number or a flag may be text.',
    content: {
      'application/json': { schema },
      'application/x-www-form-urlencoded': { schema },
      'multipart/form-data': {},
    },
  }
}

export function bodyOf({ route, method }: Operation): Json {
  if (!carriesContent(method)) return {}
  const { page, body } = route
  if (!page)
    return {
      requestBody: { $ref: `#/components/requestBodies/${body ? title(body) : 'Unjudged'}` },
    }
  const taken = OWN_PAGES[page].body
  if (!taken) return {}
  const schema = { $ref: `#/components/schemas/${taken}` }
  return {
    requestBody: {
      ...(!OWN_PAGES[page].optionalBody && { required: true }),
      content: { 'application/json': { schema } },
    },
  }
}
