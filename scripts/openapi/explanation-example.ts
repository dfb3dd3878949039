const MINUTE = { windowSeconds: 60, resetAt: '2026-11-23T03:23:47.199Z' }

/** As `npm run dev` answered for a request without a token. */
export const EXPLAINED = {
  correlationId: 'docs-example-10',
  exchanges: [
    {
      id: 'ex-mwsparyz-4e46668500c14cafcf45',
      correlationId: 'docs-example-10',
      time: '2026-11-23T03:23:11.003Z',
      traceId: '4ca2fb40e90fe029f1fc3c9d0afdbe75',
      environment: 'local',
      method: 'GET',
      route: '/tunnels/*',
      status: 401,
      code: 'MISSING_TOKEN',
      decidedBy: { step: 'identify', rule: 'access', access: 'user' },
      steps: [
        { step: 'https', outcome: 'passed' },
        { step: 'match', outcome: 'passed' },
        { step: 'recall', outcome: 'passed' },
        { step: 'identify', outcome: 'refused', ms: 0 },
        { step: 'authorize', outcome: 'not reached' },
        { step: 'exempt', outcome: 'not reached' },
        { step: 'meter', outcome: 'passed', ms: 3 },
        { step: 'loop', outcome: 'not reached' },
        { step: 'validate', outcome: 'not reached' },
        { step: 'vouch', outcome: 'not reached' },
        { step: 'forward', outcome: 'not reached' },
        { step: 'normalize', outcome: 'not reached' },
        { step: 'begin', outcome: 'not reached' },
      ],
      readings: {
        ...{ limit: 1000, remaining: 997, ...MINUTE, source: 'store' },
        address: { limit: 1000, remaining: 997, ...MINUTE },
      },
      address: '127.0.0.0/24',
      timings: { identity: { since: 0, ms: 0 }, store: { since: 4, ms: 3 } },
      durationMs: 7,
    },
  ],
}
