import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'

/** For machines that have other things to do: the defaults are 5 seconds for a test, and 1 for what is polled. */
const PATIENCE = { testTimeout: 20_000, expect: { poll: { timeout: 5_000 } } }

export default defineConfig({
  test: {
    silent: 'passed-only',
    // They wait more than they compute.
    maxWorkers: 2,
    // Of the root, so that Node's own builds are loaded; in the worker project Vite would take the browser's.
    globalSetup: ['./test/setup/outside.ts', './test/setup/pages.ts'],
    projects: [
      {
        // Everything in src is tested where it will run: in workerd.
        plugins: [
          cloudflareTest(({ inject }) => {
            const outside = inject('outside')
            return {
              wrangler: { configPath: './wrangler.toml' },
              miniflare: {
                bindings: {
                  UPSTREAM_URL: outside.upstreamUrl,
                  UPSTASH_REDIS_REST_URL: outside.storeUrl,
                  UPSTASH_REDIS_REST_TOKEN: outside.storeToken,
                  JWT_ISSUER: outside.issuer,
                  JWT_AUDIENCE: outside.audience,
                  CORS_ORIGINS: 'https://app.example.com',
                  ROUTES: JSON.stringify([
                    { path: '/demo/*', access: 'public' },
                    { path: '/tunnels', access: 'user' },
                    { path: '/tunnels/:id', access: 'user', resource: 'TUNNEL' },
                    { path: '/admin/users', access: 'admin', permissions: ['view_users'] },
                    { path: '/ollama/*', access: 'public' },
                    { path: '/ssh', access: 'user' },
                    { path: '/service-version', access: 'public' },
                    { path: '/webhooks/stripe', access: 'public' },
                  ]),
                },
              },
            }
          }),
        ],
        test: {
          ...PATIENCE,
          name: 'worker',
          // No test changes what another sees: each opens a gateway of its own.
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/scripts/**', 'test/wire/**', 'test/conform/**', 'test/browser/**'],
        },
      },
      {
        test: {
          ...PATIENCE,
          name: 'scripts',
          include: ['test/scripts/**/*.test.ts'],
          globalSetup: ['./test/setup/secrecy.ts'],
        },
      },
      {
        // The built worker in plain workerd, over real sockets.
        test: {
          ...PATIENCE,
          name: 'wire',
          include: ['test/wire/**/*.test.ts', 'test/conform/**/*.test.ts'],
          globalSetup: ['./test/setup/bundle.ts', './test/setup/secrecy.ts'],
          hookTimeout: 30_000,
        },
      },
      {
        // The same, as a person sees it; skipped on a machine without a browser.
        test: {
          ...PATIENCE,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['./test/setup/bundle.ts', './test/setup/secrecy.ts'],
          hookTimeout: 30_000,
        },
      },
    ],
  },
})
