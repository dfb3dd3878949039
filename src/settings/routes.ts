import * as v from 'valibot'
import { BODY_RULES } from '../policy/bodies/body-rule.ts'
import { LIMITS } from '../policy/limits.ts'
import { METHODS, type Route } from '../policy/route.ts'
import { isRoutePath } from '../policy/route-table.ts'
import { OWN_KEYS_PATH } from '../policy/routes.ts'
import { tiersWith } from '../policy/tiers.ts'
import { json } from './json.ts'
import { baseUrl } from './urls.ts'

const positive = v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1'))

// RFC 6749, section 3.3: a refusal names them in a header, as a scope.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/
const permissions = v.pipe(
  v.array(
    v.pipe(v.string(), v.regex(SCOPE, 'must be ASCII without spaces, quotes and backslashes')),
  ),
  v.nonEmpty('must name at least one'),
)

const row = v.pipe(
  v.strictObject({
    path: v.pipe(
      v.string(),
      v.check(isRoutePath, 'must be a path such as /users/:id or /files/*'),
      v.check((path) => !/^\/_gateway(\/|$)/i.test(path), "/_gateway is the gateway's own"),
      v.check(
        (path) => path.toLowerCase() !== OWN_KEYS_PATH,
        `${OWN_KEYS_PATH} is the gateway's own`,
      ),
    ),
    methods: v.exactOptional(v.pipe(v.array(v.picklist(METHODS)), v.nonEmpty())),
    access: v.picklist(['public', 'user', 'userOrKey', 'admin']),
    feature: v.exactOptional(
      v.pipe(
        v.string(),
        v.check((feature) => tiersWith(feature).length > 0, 'no tier includes this feature'),
      ),
    ),
    permissions: v.exactOptional(permissions),
    anyPermission: v.exactOptional(permissions),
    limit: v.exactOptional(v.picklist(Object.keys(LIMITS.routes))),
    cost: v.exactOptional(positive),
    resource: v.exactOptional(v.picklist(['USER', 'TUNNEL', 'SESSION', 'WEBHOOK'])),
    revokes: v.exactOptional(v.picklist(['token', 'all'])),
    credential: v.exactOptional(v.picklist(['refreshToken'])),
    body: v.exactOptional(v.picklist(BODY_RULES)),
    parameters: v.exactOptional(v.literal('checked')),
    timeoutMs: v.exactOptional(positive),
    upstream: v.exactOptional(baseUrl),
  }),
  v.check(
    (row) => row.access !== 'public' || !demandsMore(row),
    'a public route can demand neither a feature nor permissions',
  ),
  v.check(
    ({ access, revokes }) => !revokes || access === 'user' || access === 'admin',
    'only a route for verified tokens can revoke them',
  ),
  v.check(
    (row) => row.access !== 'userOrKey' || !demandsMore(row),
    'a userOrKey route can demand neither a feature nor permissions: of a key the gateway knows none',
  ),
)

/** `ROUTES`: another API's table in place of the built-in one. */
export const routesSetting = json(v.array(row))

function demandsMore({ feature, permissions, anyPermission }: Partial<Route>): boolean {
  return Boolean(feature ?? permissions ?? anyPermission)
}
