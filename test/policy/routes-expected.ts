/** The API's paths with the access that each must have, written down by hand, without the mount. */
const ACCESS = {
  public: `
    GET /health · POST /health · GET /db/health · GET /service-version · GET /versions · GET /queue/status
    GET /docs · GET /docs/ · GET /docs/swagger-ui.css · HEAD /docs/index.html
    GET /changelog · GET /changelog/latest · GET /changelog/stats · GET /changelog/2.1.0
    GET /deprecation/status · GET /deprecation/deprecated · GET /deprecation/sunset
    GET /deprecation/migration-guide/v1 · GET /deprecation/endpoint-info
    GET /users/tier/tiers · POST /client-logs
    POST /auth/token/refresh · POST /auth/token/validate · POST /auth/token/check-expiry
    POST /webhooks/stripe`,
  user: `
    GET /auth/me · POST /auth/logout · POST /auth/session/revoke · GET /auth/sessions/current
    GET /users/tier · GET /users/tier/features · GET /users/tier/check/teamFeatures · GET /users/tier/limits
    GET /users/profile · PUT /users/profile · PATCH /users/preferences · POST /users/avatar
    POST /users/tier/tiers · GET /users
    GET /api-keys · POST /api-keys · GET /api-keys/k1 · DELETE /api-keys/k1 · POST /api-keys/k1/rotate
    GET /tunnels · POST /tunnels · GET /tunnels/t1 · PUT /tunnels/t1 · DELETE /tunnels/t1
    POST /tunnels/t1/start · POST /tunnels/t1/stop · GET /tunnels/t1/metrics · GET /tunnels/t1/activity
    GET /tunnels/t1/config · PUT /tunnels/t1/config · POST /tunnels/t1/config/reset
    GET /tunnel-health/t1 · POST /tunnel-failover/t1 · POST /tunnel-sharing/t1 · GET /tunnel-usage/t1
    POST /tunnel-webhooks/t1
    GET /proxy-config/p1 · GET /proxy-diagnostics/p1 · POST /proxy-failover/p1 · GET /proxy-health/p1
    GET /proxy-metrics/p1 · POST /proxy-scaling/p1 · GET /proxy-usage/p1 · POST /proxy-webhooks/p1
    GET /webhook-event-filters/w1 · GET /webhook-payload-transformations/w1
    GET /webhook-rate-limiting/w1 · POST /webhook-testing/w1
    GET /quotas/x · GET /quotas/quotas/api/reset · GET /user-activity/x · POST /user-deletion/x
    GET /turn/credentials · GET /auth-audit/audit-logs · GET /auth-audit/audit-logs/me
    GET /adaptive-rate-limiting/metrics · GET /adaptive-rate-limiting/status
    GET /adaptive-rate-limiting/user-stats
    GET /conversations · GET /conversations/ · POST /conversations/c1/messages
    POST /tunnel/register · POST /tunnel/unregister · GET /tunnel/health/u1 · GET /tunnel/metrics
    GET /direct-proxy/u1 · POST /direct-proxy/u1/api/chat
    GET /ssh · GET /ws`,
  userOrKey: `
    GET /ollama · POST /ollama/api/chat · POST /bridge-polling/register
    GET /bridge-polling/b1/status · GET /bridge-polling/b1/poll · POST /bridge-polling/b1/provider-status
    POST /bridge-polling/b1/response · POST /bridge-polling/b1/heartbeat`,
  admin: `
    GET /debug-dump · POST /debug-dump · GET /sandbox · POST /sandbox/run
    GET /cache-metrics/stats · POST /cache-metrics/stats · GET /cache-metrics/clear · POST /cache-metrics/clear
    GET /cache-metrics/invalidate · POST /cache-metrics/invalidate
    GET /cache-metrics/reset-metrics · POST /cache-metrics/reset-metrics
    GET /database/performance/slow · POST /database/performance/analyze
    GET /failover/status · POST /failover/status · GET /failover/metrics · POST /failover/metrics
    GET /failover/health · POST /failover/health · GET /failover/trigger · POST /failover/trigger
    GET /failover/check-health · POST /failover/check-health · GET /failover/history · POST /failover/history
    GET /rate-limit-exemptions · POST /rate-limit-exemptions/rules
    GET /auth/sessions/validate/abc · POST /auth/sessions/validate/abc
    GET /auth/sessions/tokens · DELETE /auth/sessions/abc · POST /auth/sessions/cleanup
    GET /metrics/metrics · GET /prometheus/metrics · GET /prometheus/health/metrics · GET /admin-metrics/metrics
    GET /admin/system/info · POST /admin/system/restart · GET /admin/flush/status · POST /admin/flush
    GET /admin/containers · DELETE /admin/containers/c1
    GET /admin/users · PATCH /admin/users/u1 · POST /admin/users/u1/suspend
    GET /admin/payments/transactions · POST /admin/payments/refunds
    GET /admin/subscriptions · PATCH /admin/subscriptions/s1
    GET /admin/reports/revenue · POST /admin/reports/revenue · GET /admin/reports/export
    GET /admin/audit/logs · POST /admin/audit/logs · GET /admin/audit/export
    GET /admin/admins · POST /admin/admins · GET /admin/dashboard/metrics · POST /admin/dashboard/x
    GET /admin/email/templates · POST /admin/email/send · GET /admin/dns/records · POST /admin/dns/records
    GET /admin/bulk-operations/o1 · POST /admin/bulk-operations
    GET /monitoring/x · POST /monitoring/x · GET /alert-configuration · PUT /alert-configuration/a1
    GET /backup-recovery/list · POST /backup-recovery/restore · DELETE /backup-recovery/b1
    GET /auth-audit/admin/logs · POST /auth-audit/admin/x
    GET /adaptive-rate-limiting/admin/x · POST /adaptive-rate-limiting/admin/x
    GET /error-recovery/x · POST /error-recovery/x · GET /rate-limit-violations · POST /rate-limit-violations/x
    GET /metrics/rate-limit-metrics/top · POST /metrics/rate-limit-metrics/x
    POST /quotas/quotas/api/reset`,
}

export const EXPECTED_ACCESS = Object.entries(ACCESS).flatMap(([access, lines]) =>
  Array.from(lines.matchAll(/([A-Z]+) (\/\S+)/g), ([, method = '', path = '']) => ({
    access,
    method,
    path,
  })),
)

export const EXPECTED_DEMANDS = [
  { method: 'POST', path: '/auth/token/refresh', limit: 'token' },
  { method: 'POST', path: '/auth/token/check-expiry', limit: 'token' },
  { method: 'POST', path: '/api-keys', limit: 'apiKeys' },
  { method: 'POST', path: '/api-keys/k1/rotate', limit: 'apiKeys' },
  { method: 'POST', path: '/bridge-polling/register', limit: 'bridgeRegister' },
  { method: 'GET', path: '/bridge-polling/b1/poll', limit: 'bridgePoll', timeoutMs: 65_000 },
  { method: 'POST', path: '/bridge-polling/b1/heartbeat', limit: 'bridgeHeartbeat' },
  { method: 'POST', path: '/bridge-polling/b1/provider-status', limit: 'bridgeProviderStatus' },
  { method: 'POST', path: '/ollama/api/chat', timeoutMs: 65_000 },
  { method: 'GET', path: '/direct-proxy/u1', feature: 'directTunnelOnly' },
  { method: 'POST', path: '/tunnel/register', feature: 'advancedNetworking' },
  { method: 'GET', path: '/tunnel/health/u1', feature: 'advancedNetworking' },
  { method: 'GET', path: '/users/profile', resource: 'USER' },
  { method: 'GET', path: '/admin/users/u1', resource: 'USER' },
  { method: 'GET', path: '/tunnels/t1', resource: 'TUNNEL' },
  { method: 'GET', path: '/auth/sessions/current', resource: 'SESSION' },
  { method: 'DELETE', path: '/auth/sessions/abc', resource: 'SESSION' },
  { method: 'POST', path: '/webhooks/stripe', resource: 'WEBHOOK' },
  { method: 'GET', path: '/admin/users', permissions: ['view_users'], limit: 'adminRead' },
  { method: 'DELETE', path: '/admin/users/u1', permissions: ['edit_users'], limit: 'admin' },
  { method: 'POST', path: '/admin/users/u1/suspend', permissions: ['suspend_users'] },
  { method: 'GET', path: '/admin/subscriptions', permissions: ['view_subscriptions'] },
  { method: 'PATCH', path: '/admin/subscriptions/s1', permissions: ['edit_subscriptions'] },
  { method: 'GET', path: '/admin/payments/p1', permissions: ['view_payments'] },
  { method: 'POST', path: '/admin/payments/refunds', permissions: ['process_refunds'] },
  { method: 'GET', path: '/admin/reports/revenue', permissions: ['view_reports'] },
  {
    method: 'GET',
    path: '/admin/reports/export',
    permissions: ['export_reports'],
    limit: 'adminExpensive',
  },
  { method: 'GET', path: '/admin/audit/logs', permissions: ['view_audit_logs'] },
  {
    method: 'GET',
    path: '/admin/audit/export',
    permissions: ['export_audit_logs'],
    limit: 'adminExpensive',
  },
  { method: 'GET', path: '/alert-configuration', permissions: ['view_alerts'] },
  { method: 'PUT', path: '/alert-configuration/a1', permissions: ['manage_alerts'] },
  { method: 'POST', path: '/admin/flush', limit: 'adminCritical' },
  { method: 'POST', path: '/backup-recovery/restore', limit: 'adminCritical' },
  { method: 'DELETE', path: '/backup-recovery/b1', limit: 'admin' },
  { method: 'POST', path: '/failover/trigger', limit: 'adminCritical' },
  { method: 'POST', path: '/cache-metrics/clear', limit: 'adminCritical' },
  { method: 'GET', path: '/metrics/metrics', limit: 'adminRead' },
]
