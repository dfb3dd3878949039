import type { Fault } from './fault.ts'
import { answers, codeOf, spoils, withError } from './planting.ts'

export const ENVELOPE_FAULTS: readonly Fault[] = [
  {
    title: 'no suggestion',
    clause: 'envelope-shape',
    plant: spoils('MISSING_TOKEN', (error) => {
      delete error.suggestion
    }),
  },
  {
    title: 'a status as text',
    clause: 'envelope-shape',
    plant: spoils('NOT_FOUND', (error) => {
      error.statusCode = '404'
    }),
  },
  {
    title: 'a member of its own',
    clause: 'envelope-shape',
    plant: spoils('NOT_FOUND', (error) => {
      error.timestamp = '2026-11-23T00:00:00Z'
    }),
  },
  {
    title: 'details as a list',
    clause: 'envelope-shape',
    plant: spoils('VALIDATION_ERROR', (error) => {
      error.details = []
    }),
  },
  {
    title: 'a 40th code',
    clause: 'known-code',
    plant: spoils('NOT_FOUND', (error) => {
      error.code = 'PATH_NOT_FOUND'
    }),
  },
  {
    title: 'another category',
    clause: 'category-of-code',
    plant: spoils('MISSING_TOKEN', (error) => {
      error.category = 'authorization'
    }),
  },
  {
    title: '422 for what cannot be validated',
    clause: 'status-of-category',
    plant: answers((received) =>
      codeOf(received) === 'INVALID_JSON'
        ? {
            ...withError(received, (error) => {
              error.statusCode = 422
            }),
            status: 422,
          }
        : received,
    ),
  },
  {
    title: 'a statusCode that is not the status',
    clause: 'status-code-member',
    plant: spoils('INTERNAL_ERROR', (error) => {
      error.statusCode = 502
    }),
  },
  {
    title: 'other words',
    clause: 'message-of-code',
    plant: spoils('ADMIN_REQUIRED', (error) => {
      error.message = 'You are not an admin'
    }),
  },
  {
    title: 'another suggestion',
    clause: 'suggestion-of-code',
    plant: spoils('MISSING_TOKEN', (error) => {
      error.suggestion = 'Log in'
    }),
  },
]
