/** Whoever holds one of these is let in somewhere; what is written into a repository is held by everybody. */
export const SECRETS = [
  'UPSTASH_REDIS_REST_TOKEN',
  'KEYS_SECRET',
  'GATEWAY_SIGNING_KEY',
  'TOKEN_CLIENT_SECRET',
  // Most chat services put the key into its path.
  'ALERT_WEBHOOK_URL',
  // Its fields let in at the collector of traces.
  'OTEL_EXPORTER_OTLP_HEADERS',
]

/** Given as secrets, though they may stand elsewhere. */
export const OFTEN_SECRET = ['UPSTASH_REDIS_REST_URL', 'JWT_ISSUERS']
