/** Per request, as scripts/measure-visits.ts printed it on 23 November 2026. */
export const MEASURED_VISITS = [
  { visit: 'person', roundTrips: 0.742, commands: 2.982 },
  { visit: 'page', roundTrips: 0.29, commands: 1.168 },
  { visit: 'program', roundTrips: 0.161, commands: 0.648 },
] as const
