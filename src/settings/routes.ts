import * as v from 'valibot'
import { LIMITS } from '../policy/limits.ts'
import { METHODS } from '../policy/route.ts'
import { isRoutePath } from '../policy/route-table.ts'
import { OWN_KEYS_PATH } from '../policy/routes.ts'
import { tiersWith } from '../policy/tiers.ts'
import { json } from './json.ts'
import { baseUrl } from './urls.ts'

const positive = v.pipe(v.number(), v.integer(), v.minValue(1, 'must be at least 1'))

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
    permissions: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.nonEmpty())),
    limit: v.exactOptional(v.picklist(Object.keys(LIMITS.routes))),
    cost: v.exactOptional(positive),
    resource: v.exactOptional(v.picklist(['USER', 'TUNNEL', 'SESSION', 'WEBHOOK'])),
    timeoutMs: v.exactOptional(positive),
    upstream: v.exactOptional(baseUrl),
  }),
  v.check(
    ({ access, feature, permissions }) => access !== 'public' || !(feature || permissions),
    'a public route can demand neither a feature nor permissions',
  ),
  v.check(
    ({ access, feature, permissions }) => access !== 'userOrKey' || !(feature || permissions),
    'a userOrKey route can demand neither a feature nor permissions: of a key the gateway knows none',
  ),
)

/** `ROUTES`: another API's table in place of the built-in one. */
export const routesSetting = json(v.array(row))
