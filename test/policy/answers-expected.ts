/**
 * Who is answered how, written down by hand from what the API demands, without the mount. A line is a path, a mark
 * for each caller, and the methods:
 *
 * + passes   T MISSING_TOKEN   F INVALID_TOKEN_FORMAT   A ADMIN_REQUIRED   P INSUFFICIENT_PERMISSIONS
 * U TIER_FEATURE_UNAVAILABLE
 *
 * GET stands for HEAD too, WRITE for POST, PUT, PATCH and DELETE, ANY for every method.
 */
const ANSWERS = `
#                                          nobody, API key
#                                          |  free, premium, enterprise
#                                          |  |   support_admin, finance_admin, super_admin
# Open to everybody: health, documentation, versions, and what a client needs before it has a token.
/health                                    ++ +++ +++   ANY
/db/health                                 ++ +++ +++   ANY
/service-version                           ++ +++ +++   GET
/versions                                  ++ +++ +++   GET
/queue/status                              ++ +++ +++   GET
/docs                                      ++ +++ +++   GET
/docs/                                     ++ +++ +++   GET
/docs/swagger-ui.css                       ++ +++ +++   GET
/changelog                                 ++ +++ +++   GET
/changelog/latest                          ++ +++ +++   GET
/changelog/stats                           ++ +++ +++   GET
/changelog/2.1.0                           ++ +++ +++   GET
/deprecation/status                        ++ +++ +++   GET
/deprecation/deprecated                    ++ +++ +++   GET
/deprecation/sunset                        ++ +++ +++   GET
/deprecation/migration-guide/v1            ++ +++ +++   GET
/deprecation/endpoint-info                 ++ +++ +++   GET
/users/tier/tiers                          ++ +++ +++   GET
/client-logs                               ++ +++ +++   POST
/auth/token/refresh                        ++ +++ +++   POST
/auth/token/validate                       ++ +++ +++   POST
/auth/token/check-expiry                   ++ +++ +++   POST
/webhooks/stripe                           ++ +++ +++   POST

# Every verified user.
/auth/me                                   TF +++ +++   ANY
/auth/logout                               TF +++ +++   POST
/auth/session/revoke                       TF +++ +++   ANY
/auth/sessions/current                     TF +++ +++   ANY
/auth-audit/audit-logs                     TF +++ +++   ANY
/auth-audit/audit-logs/me                  TF +++ +++   ANY
/users                                     TF +++ +++   ANY
/users/tier                                TF +++ +++   ANY
/users/tier/features                       TF +++ +++   ANY
/users/tier/check/teamFeatures             TF +++ +++   ANY
/users/tier/limits                         TF +++ +++   ANY
/users/profile                             TF +++ +++   ANY
/users/preferences                         TF +++ +++   ANY
/users/avatar                              TF +++ +++   ANY
/users/tier/tiers                          TF +++ +++   WRITE OPTIONS
/user-activity/x                           TF +++ +++   ANY
/user-deletion/x                           TF +++ +++   ANY
/quotas                                    TF +++ +++   ANY
/quotas/x                                  TF +++ +++   ANY
/quotas/quotas/api/reset                   TF +++ +++   GET PUT PATCH DELETE OPTIONS
/adaptive-rate-limiting/metrics            TF +++ +++   ANY
/adaptive-rate-limiting/status             TF +++ +++   ANY
/adaptive-rate-limiting/user-stats         TF +++ +++   ANY
/api-keys                                  TF +++ +++   ANY
/api-keys/k1                               TF +++ +++   ANY
/api-keys/k1/rotate                        TF +++ +++   ANY
/tunnels                                   TF +++ +++   ANY
/tunnels/t1                                TF +++ +++   ANY
/tunnels/t1/start                          TF +++ +++   ANY
/tunnels/t1/config                         TF +++ +++   ANY
/tunnels/t1/config/reset                   TF +++ +++   ANY
/tunnel-health/t1                          TF +++ +++   ANY
/tunnel-failover/t1                        TF +++ +++   ANY
/tunnel-sharing/t1                         TF +++ +++   ANY
/tunnel-usage/t1                           TF +++ +++   ANY
/tunnel-webhooks/t1                        TF +++ +++   ANY
/proxy-config/p1                           TF +++ +++   ANY
/proxy-diagnostics/p1                      TF +++ +++   ANY
/proxy-failover/p1                         TF +++ +++   ANY
/proxy-health/p1                           TF +++ +++   ANY
/proxy-metrics/p1                          TF +++ +++   ANY
/proxy-scaling/p1                          TF +++ +++   ANY
/proxy-usage/p1                            TF +++ +++   ANY
/proxy-webhooks/p1                         TF +++ +++   ANY
/webhook-event-filters/w1                  TF +++ +++   ANY
/webhook-payload-transformations/w1        TF +++ +++   ANY
/webhook-rate-limiting/w1                  TF +++ +++   ANY
/webhook-testing/w1                        TF +++ +++   ANY
/conversations                             TF +++ +++   ANY
/conversations/                            TF +++ +++   ANY
/conversations/c1/messages                 TF +++ +++   ANY
/turn/credentials                          TF +++ +++   ANY
/ssh                                       TF +++ +++   GET
/ws                                        TF +++ +++   GET

# A user, or a bridge with an API key.
/ollama                                    T+ +++ +++   ANY
/ollama/api/chat                           T+ +++ +++   ANY
/bridge-polling/register                   T+ +++ +++   ANY
/bridge-polling/b1/status                  T+ +++ +++   ANY
/bridge-polling/b1/poll                    T+ +++ +++   ANY
/bridge-polling/b1/provider-status         T+ +++ +++   ANY
/bridge-polling/b1/response                T+ +++ +++   ANY
/bridge-polling/b1/heartbeat               T+ +++ +++   ANY

# What the paid tiers include; an administrator's tier is free unless the token says otherwise.
/tunnel/register                           TF U++ UUU   ANY
/tunnel/unregister                         TF U++ UUU   ANY
/tunnel/health/u1                          TF U++ UUU   ANY
/tunnel/metrics                            TF U++ UUU   ANY

# What the free tier has in place of that.
/direct-proxy/u1                           TF +UU +++   ANY
/direct-proxy/u1/api/chat                  TF +UU +++   ANY

# Every administrator.
/admin/flush/status                        TF AAA +++   GET WRITE
/admin/system/info                         TF AAA +++   GET WRITE
/admin/containers                          TF AAA +++   GET WRITE
/admin/containers/c1                       TF AAA +++   GET WRITE
/admin/admins                              TF AAA +++   GET WRITE
/admin/dashboard/metrics                   TF AAA +++   GET WRITE
/admin/email/templates                     TF AAA +++   GET WRITE
/admin/dns/records                         TF AAA +++   GET WRITE
/monitoring/x                              TF AAA +++   GET WRITE
/backup-recovery/list                      TF AAA +++   GET WRITE
/auth-audit/admin/logs                     TF AAA +++   GET WRITE
/adaptive-rate-limiting/admin/x            TF AAA +++   GET WRITE
/error-recovery/x                          TF AAA +++   GET WRITE
/rate-limit-violations                     TF AAA +++   GET WRITE
/rate-limit-violations/x                   TF AAA +++   GET WRITE
/metrics/rate-limit-metrics/top            TF AAA +++   GET WRITE
/quotas/quotas/api/reset                   TF AAA +++   POST

# Administrators whose role or token brings a permission.
/admin/users                               TF AAA +++   GET
/admin/users                               TF AAA +P+   WRITE
/admin/users/u1                            TF AAA +++   GET
/admin/users/u1                            TF AAA +P+   WRITE
/admin/users/u1/suspend                    TF AAA +++   GET
/admin/users/u1/suspend                    TF AAA +P+   WRITE
/admin/bulk-operations/o1                  TF AAA +++   GET
/admin/bulk-operations/o1                  TF AAA +P+   WRITE
/admin/subscriptions/s1                    TF AAA P++   GET WRITE
/admin/payments/refunds                    TF AAA +++   GET
/admin/payments/refunds                    TF AAA P++   WRITE
/admin/reports/revenue                     TF AAA P++   GET WRITE
/admin/reports/export                      TF AAA P++   ANY
/admin/audit/logs                          TF AAA +++   GET WRITE
/admin/audit/export                        TF AAA PP+   ANY
/alert-configuration/thresholds            TF AAA PP+   GET WRITE

# What the API leaves open though only its operators should have it.
/metrics/metrics                           TF AAA +++   GET
/prometheus/metrics                        TF AAA +++   GET
/prometheus/health/metrics                 TF AAA +++   GET
/admin-metrics/metrics                     TF AAA +++   GET
/debug-dump                                TF AAA +++   GET WRITE
/sandbox                                   TF AAA +++   GET WRITE
/sandbox/run                               TF AAA +++   GET WRITE
/cache-metrics/stats                       TF AAA +++   GET WRITE
/cache-metrics/clear                       TF AAA +++   GET WRITE
/cache-metrics/invalidate                  TF AAA +++   GET WRITE
/cache-metrics/reset-metrics               TF AAA +++   GET WRITE
/database/performance/slow                 TF AAA +++   GET WRITE
/failover/status                           TF AAA +++   GET WRITE
/failover/metrics                          TF AAA +++   GET WRITE
/failover/health                           TF AAA +++   GET WRITE
/failover/trigger                          TF AAA +++   GET WRITE
/failover/check-health                     TF AAA +++   GET WRITE
/failover/history                          TF AAA +++   GET WRITE
/rate-limit-exemptions                     TF AAA +++   GET WRITE
/rate-limit-exemptions/rules               TF AAA +++   GET WRITE
/auth/sessions/validate/abc                TF AAA +++   GET WRITE
/auth/sessions/tokens                      TF AAA +++   GET WRITE
/auth/sessions/cleanup                     TF AAA +++   GET WRITE
/auth/sessions/abc                         TF AAA +++   GET WRITE

# The gateway's own pages, which have one mount.
/.well-known/gateway-jwks.json             ++ +++ +++   GET
/_gateway/assets/icon.svg                  ++ +++ +++   GET
/_gateway/errors                           ++ +++ +++   GET
/_gateway/errors/MISSING_TOKEN             ++ +++ +++   GET
/_gateway/health                           ++ +++ +++   GET
/_gateway/ready                            ++ +++ +++   GET
/_gateway/openapi.json                     ++ +++ +++   GET
/_gateway/docs                             ++ +++ +++   GET
/_gateway/console                          ++ +++ +++   GET
/_gateway/admin/subjects/ip:203.0.113.9    TF AAA PP+   GET PATCH
/_gateway/admin/subjects                   TF AAA PP+   GET
/_gateway/admin/audit                      TF AAA PP+   GET
/_gateway/admin/traffic                    TF AAA PP+   GET
/_gateway/admin/exchanges/req-explained    TF AAA PP+   GET
/_gateway/metrics                          TF AAA PP+   GET
/_gateway/admin/events                     TF AAA PP+   GET
/_gateway/admin/settings                   TF AAA PP+   GET
`

const EVERY_METHOD = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const STANDS_FOR: Readonly<Record<string, readonly string[]>> = {
  GET: ['GET', 'HEAD'],
  WRITE: ['POST', 'PUT', 'PATCH', 'DELETE'],
  ANY: EVERY_METHOD,
}

export const EXPECTED_ANSWERS = ANSWERS.split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [, path, marks, methods] = /^(\/\S*) +(\S\S \S\S\S \S\S\S) +([A-Z ]+)$/.exec(line) ?? []
    if (!methods || !path || !marks) throw new Error(`not an expectation: ${line}`)
    return {
      methods: methods.split(' ').flatMap((name) => STANDS_FOR[name] ?? [name]),
      path,
      marks,
    }
  })
