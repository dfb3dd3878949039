import { ApiError } from './api-error.ts'
import { createClient } from './client.ts'

export type { Category, ErrorCode } from '../contract/catalogue.ts'
export type { CallInit, Client, ClientOptions } from './client.ts'
export type { TokenSource } from './held-token.ts'
export type { Refresh, RefreshedTokens } from './renewal.ts'
export { ApiError, createClient }
