import { allow } from '../contract/decision.ts'
import type { PageName } from '../policy/route.ts'
import { auditTrail } from './admin-audit.ts'
import { recentEvents } from './admin-events.ts'
import { exchanges } from './admin-exchanges.ts'
import { readSettings } from './admin-settings.ts'
import { listSubjects } from './admin-subject-list.ts'
import { changeSubject, readSubject } from './admin-subjects.ts'
import { assetPage, file } from './asset.ts'
import { CONSOLE_HEADERS } from './console.ts'
import { DOCS_HEADERS } from './docs.ts'
import { errorCode, errorList } from './errors.ts'
import { health } from './health.ts'
import { metricsPage } from './metrics.ts'
import { ownKeys } from './own-keys.ts'
import type { Page } from './page.ts'
import { ready } from './ready.ts'
import { refreshToken } from './refresh-token.ts'
import { trafficPage } from './traffic.ts'

/** What the gateway answers itself. */
export const PAGES = {
  health: async (_, ports) => allow(health(ports)),
  ready: (_, ports) => ready(ports),
  listSubjects,
  readSubject,
  changeSubject,
  auditTrail,
  traffic: trafficPage,
  exchanges,
  metrics: metricsPage,
  recentEvents,
  readSettings,
  console: (_, ports) => file('console.html', ports, CONSOLE_HEADERS),
  asset: assetPage,
  errorList,
  errorCode,
  openapi: (_, ports) => file('openapi.json', ports),
  docs: (_, ports) => file('docs.html', ports, DOCS_HEADERS),
  ownKeys: (_, ports) => ownKeys(ports),
  refreshToken,
} as const satisfies Readonly<Record<PageName, Page>>
