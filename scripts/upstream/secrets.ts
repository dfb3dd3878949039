/** Text of the upstream's inside: whoever finds one of these in a client's answer found a leak. */
export const secrets = {
  databaseAddress: 'connect ECONNREFUSED 127.0.0.1:5432',
  databaseUrl: 'postgresql://ctllm_app:Tr0ub4dor@postgres-primary.internal:5432/ctllm',
  databaseUser: 'password authentication failed for user ctllm_app',
  query: 'SELECT id, email, auth0_id FROM users WHERE auth0_id = $1',
  insertion: 'INSERT INTO tunnels (id, user_id, name) VALUES ($1, $2, $3)',
  constraint: 'violates unique constraint tunnels_user_id_name_key',
  libraryFrame: 'at Pool.query (/app/node_modules/pg-pool/index.js:45:11)',
  ownFrame: 'at TunnelService.create (/app/services/tunnel-service.js:118:23)',
  dockerSocket: 'connect ENOENT /var/run/docker.sock',
  cacheHost: 'getaddrinfo ENOTFOUND redis-master.cache.svc.cluster.local',
  modelPath: '/root/.ollama/models/blobs/sha256-8eeb52dfb3bb9aef',
  originAddress: '10.42.3.17',
} as const

/** Sentences that the upstream says of its own failures; harmless, and still not for clients. */
export const failureSentences = [
  'Something went wrong',
  'Failed to get quotas',
  'Proxy health service not initialized',
  'Exemption manager not initialized',
  'Error exporting metrics',
  'Request timed out in queue',
  'nginx/1.24.0',
  'Cloudflare Ray ID',
] as const

/** What no answer of the gateway to a failed request may contain. */
export const neverRelayed: readonly string[] = [...Object.values(secrets), ...failureSentences]
