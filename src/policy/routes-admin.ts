import type { Method, Route } from './route.ts'

const WRITES: readonly Method[] = ['POST', 'PUT', 'PATCH', 'DELETE']

type Demands = Omit<Route, 'path' | 'access'>

function reads(path: string, demands: Demands = {}): Route {
  return {
    path,
    methods: ['GET'],
    access: 'admin',
    limit: 'adminRead',
    parameters: 'checked',
    ...demands,
  }
}

function writes(path: string, demands: Demands = {}): Route {
  return {
    path,
    methods: WRITES,
    access: 'admin',
    limit: 'admin',
    parameters: 'checked',
    body: 'json',
    ...demands,
  }
}

function exports(path: string, permission: string): Route {
  return {
    path,
    access: 'admin',
    limit: 'adminExpensive',
    permissions: [permission],
    parameters: 'checked',
    body: 'json',
  }
}

const both = (path: string, demands: Demands = {}) => [reads(path, demands), writes(path, demands)]

const CRITICAL = { limit: 'adminCritical' } as const

/** Administration by the API's own design. Areas are named one by one: a new one is closed until it has a row. */
const BY_DESIGN: readonly Route[] = [
  writes('/admin/users/:userId/suspend', { permissions: ['suspend_users'], resource: 'USER' }),
  reads('/admin/users/*', { permissions: ['view_users'], resource: 'USER' }),
  writes('/admin/users/*', { permissions: ['edit_users'], resource: 'USER', body: 'email' }),
  reads('/admin/subscriptions/*', { permissions: ['view_subscriptions'] }),
  writes('/admin/subscriptions/*', { permissions: ['edit_subscriptions'] }),
  reads('/admin/payments/*', { permissions: ['view_payments'] }),
  // The one thing that changes a payment is its refund.
  writes('/admin/payments/*', { permissions: ['process_refunds'] }),
  exports('/admin/reports/export', 'export_reports'),
  ...both('/admin/reports/*', { permissions: ['view_reports'] }),
  exports('/admin/audit/export', 'export_audit_logs'),
  ...both('/admin/audit/*', { permissions: ['view_audit_logs'] }),
  reads('/admin/flush/*'),
  writes('/admin/flush/*', CRITICAL),
  ...both('/admin/system/*'),
  ...both('/admin/containers/*'),
  ...both('/admin/admins/*', { body: 'email' }),
  ...both('/admin/dashboard/*'),
  ...both('/admin/email/*', { body: 'email' }),
  ...both('/admin/dns/*'),
  reads('/admin/bulk-operations/*', { permissions: ['view_users'] }),
  // One operation edits, suspends or deletes many users at once; which it is, only its body says.
  writes('/admin/bulk-operations/*', { permissions: ['edit_users', 'suspend_users'] }),

  // Alerts are for those who view them, thresholds and channels for those who manage them.
  reads('/alert-configuration/*', { anyPermission: ['view_alerts', 'manage_alerts'] }),
  writes('/alert-configuration/*', { permissions: ['manage_alerts'] }),
  reads('/backup-recovery/*'),
  writes('/backup-recovery/*', { ...CRITICAL, methods: ['POST'] }),
  writes('/backup-recovery/*', { methods: ['PUT', 'PATCH', 'DELETE'] }),
  ...both('/monitoring/*'),
  ...both('/auth-audit/admin/*'),
  ...both('/adaptive-rate-limiting/admin/*'),
  ...both('/error-recovery/*'),
  ...both('/rate-limit-violations/*'),
  ...both('/metrics/rate-limit-metrics/*'),
]

/** What the API leaves open, though it shows or changes what only its operators should: the gateway closes it. */
const CLOSED_HERE: readonly Route[] = [
  reads('/metrics/metrics'),
  reads('/prometheus/metrics'),
  reads('/prometheus/health/metrics'),
  reads('/admin-metrics/metrics'),
  ...both('/debug-dump'),
  ...both('/sandbox/*'),
  ...both('/cache-metrics/stats'),
  reads('/cache-metrics/clear'),
  writes('/cache-metrics/clear', CRITICAL),
  ...both('/cache-metrics/invalidate'),
  ...both('/cache-metrics/reset-metrics'),
  ...both('/database/performance/*'),
  ...both('/failover/status'),
  ...both('/failover/metrics'),
  ...both('/failover/health'),
  reads('/failover/trigger'),
  writes('/failover/trigger', CRITICAL),
  ...both('/failover/check-health'),
  ...both('/failover/history'),
  ...both('/rate-limit-exemptions/*'),
  // Answers with tokens that it has stored.
  ...both('/auth/sessions/validate/:token', { resource: 'SESSION' }),
  // Its listing and its cleanup have the same shape as a session's token.
  ...both('/auth/sessions/:token', { resource: 'SESSION' }),
]

export const ADMIN_ROUTES: readonly Route[] = [...BY_DESIGN, ...CLOSED_HERE]
