/** Per request, as scripts/measure-visits.ts printed it on 23 November 2026. */
export const MEASURED_VISITS = [
  { visit: 'person', roundTrips: 0.742, commands: 2.969 },
  { visit: 'page', roundTrips: 0.29, commands: 1.16 },
  { visit: 'program', roundTrips: 0.153, commands: 0.613 },
] as const
