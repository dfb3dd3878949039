/** Whoever holds one of these is let in somewhere; what is written into a repository is held by everybody. */
export const SECRETS = [
  'UPSTASH_REDIS_REST_TOKEN',
  'KEYS_SECRET',
  'GATEWAY_SIGNING_KEY',
  'TOKEN_CLIENT_SECRET',
]

/** Given as secrets, though they may stand elsewhere: an address can have a password of its own in it. */
export const OFTEN_SECRET = ['UPSTASH_REDIS_REST_URL', 'ALERT_WEBHOOK_URL', 'JWT_ISSUERS']
