import type { Route } from './route.ts'
import { ADMIN_ROUTES } from './routes-admin.ts'
import { OPEN_ROUTES, REFRESH } from './routes-open.ts'
import { USER_ROUTES } from './routes-user.ts'

/** The API has each of its routers at `/api/X` and at `/X`. */
export function mounted(rows: readonly Route[]): readonly Route[] {
  return rows.flatMap((row) => [{ ...row, path: `/api${row.path}` }, row])
}

/** The CloudToLocalLLM API. What no row names does not exist. */
export const ROUTES: readonly Route[] = mounted([...OPEN_ROUTES, ...USER_ROUTES, ...ADMIN_ROUTES])

/** Who may change what the gateway does. */
const OPERATOR = { access: 'admin', permissions: ['manage_subjects'] } as const
/** Who may look at what it does: whoever may change it, too. */
export const VIEWER = {
  access: 'admin',
  anyPermission: ['view_gateway', 'manage_subjects'],
} as const
const SUBJECTS = '/_gateway/admin/subjects'
const SUBJECT = `${SUBJECTS}/:subject`

/** Where the upstream finds what it checks assertions by: RFC 8615. */
export const OWN_KEYS_PATH = '/.well-known/gateway-jwks.json'

/** What the gateway answers itself; compiled before the API's rows, so that none of those can take its place. */
export const OWN_ROUTES: readonly Route[] = [
  { path: '/_gateway/health', methods: ['GET'], access: 'public', page: 'health' },
  { path: '/_gateway/ready', methods: ['GET'], access: 'public', page: 'ready' },
  { path: '/_gateway/errors', methods: ['GET'], access: 'public', page: 'errorList' },
  { path: '/_gateway/errors/:code', methods: ['GET'], access: 'public', page: 'errorCode' },
  { path: '/_gateway/assets/:file', methods: ['GET'], access: 'public', page: 'asset' },
  { path: OWN_KEYS_PATH, methods: ['GET'], access: 'public', page: 'ownKeys' },
  { path: SUBJECTS, methods: ['GET'], ...VIEWER, limit: 'adminRead', page: 'listSubjects' },
  { path: SUBJECT, methods: ['GET'], ...VIEWER, limit: 'adminRead', page: 'readSubject' },
  { path: SUBJECT, methods: ['PATCH'], ...OPERATOR, limit: 'admin', page: 'changeSubject' },
  {
    path: '/_gateway/admin/audit',
    methods: ['GET'],
    ...VIEWER,
    limit: 'adminRead',
    page: 'auditTrail',
  },
  {
    path: '/_gateway/admin/traffic',
    methods: ['GET'],
    ...VIEWER,
    limit: 'adminRead',
    page: 'traffic',
  },
  {
    path: '/_gateway/admin/exchanges/:exchange',
    methods: ['GET'],
    ...VIEWER,
    limit: 'adminRead',
    page: 'exchanges',
  },
  {
    path: '/_gateway/metrics',
    methods: ['GET'],
    ...VIEWER,
    limit: 'adminRead',
    page: 'metrics',
  },
  {
    path: '/_gateway/admin/events',
    methods: ['GET'],
    ...VIEWER,
    limit: 'adminRead',
    page: 'recentEvents',
  },
  {
    path: '/_gateway/admin/settings',
    methods: ['GET'],
    ...VIEWER,
    limit: 'adminRead',
    page: 'readSettings',
  },
  { path: '/_gateway/console', methods: ['GET'], access: 'public', page: 'console' },
]

/** What describes the built-in table: where `ROUTES` replaces that one, nobody answers there. */
export const DOCUMENT_ROUTES: readonly Route[] = [
  { path: '/_gateway/openapi.json', methods: ['GET'], access: 'public', page: 'openapi' },
  { path: '/_gateway/docs', methods: ['GET'], access: 'public', page: 'docs' },
]

/** With a token endpoint configured, the gateway answers these itself; compiled before the API's rows of that path. */
export const REFRESH_ROUTES: readonly Route[] = mounted([{ ...REFRESH, page: 'refreshToken' }])
