import type { JWSHeaderParameters } from 'jose'
import type { Denial } from './contract/decision.ts'
import type { Answered, Exchange } from './exchange.ts'
import type { Account, Charge, InFlight, Reading, TokenHolder, Verdict } from './policy/charge.ts'
import type { Issuer } from './policy/issuer.ts'
import type { Principal } from './policy/principal.ts'
import type { Revocations, TokenIdentity } from './policy/revocations.ts'
import type {
  AuditEntry,
  ChangedSubject,
  SignOut,
  SubjectChange,
  SubjectRecord,
} from './policy/subject-record.ts'
import type { AnomalyEvent } from './watch/anomaly-event.ts'
import type { Measures } from './watch/measures.ts'
import type { Seen } from './watch/seen.ts'
import type { Span } from './watch/span.ts'

/** Everything that is not the same twice. A step asks for the part it uses. */
export interface Ports {
  readonly subjects: Subjects
  readonly records: SubjectRecords
  readonly traffic: Traffic
  readonly explanations: Explanations
  readonly events: Events
  readonly places: Places
  readonly waitingRoom: WaitingRoom
  readonly signingKeys: SigningKeys
  /** Absent: what goes to the upstream is not signed. */
  readonly signer?: Signer
  readonly rememberedTokens: RememberedTokens
  readonly refusedTokens: RefusedTokens
  readonly upstream: Upstream
  readonly tokenProvider: TokenProvider
  readonly sockets: Sockets
  readonly log: Log
  readonly observers: readonly Observer[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array
  /** The reading each client address was last shown, for answers that count nothing. */
  readonly lastReadings: LastReadings
  readonly readiness: Readiness
  readonly assets: Assets
  /** Which of the worker's versions this is. Absent: the platform does not say. */
  readonly version?: string
  /** Lets it happen after so many milliseconds, unless it is called off. */
  readonly after: (milliseconds: number, happen: () => void) => () => void
  /** Work that may outlive the answer. */
  readonly background: (work: Promise<unknown>) => void
}

/** What every answer needs, whoever gave it. */
export type FramePorts = Pick<
  Ports,
  'lastReadings' | 'log' | 'observers' | 'now' | 'random' | 'background' | 'version'
>

/** Counts requests per subject: judges all windows and charges all of them or none. */
export interface Subjects {
  /** The refusal that an account was given a moment ago and would only be given again; costs nothing to ask. */
  recall(account: Account, cost: number, now: number): Verdict | undefined
  /** Whether this isolate knows the account's token to be revoked; costs nothing to ask. */
  isRevoked(account: TokenHolder, now: number): boolean
  /** Never rejects: with the store away the verdict comes from this isolate's own counts. */
  charge(charge: Charge): Promise<Verdict>
}

/** Bounds how many requests of one subject this isolate serves at once. */
export interface Places {
  /**
   * A place among the subject's. While those before it end one after another, a request waits its turn; undefined where
   * none comes free, where too many wait already, or when the client has gone.
   */
  take(subject: string, most: number, signal: AbortSignal): Promise<Place | undefined>
}

/** One request in flight among the others of its subject. */
export interface Place extends InFlight {
  leave(): void
  /** Leaves when that has come to its end, well or badly. */
  keepUntil(ended: Promise<unknown>): Promise<void>
}

export interface WaitingRoom {
  /**
   * True once the time has passed; false at once where there is no room, or when the client has gone. `most` is how many
   * of the subject there will be room for then.
   */
  hold(subject: string, milliseconds: number, most: number, signal: AbortSignal): Promise<boolean>
}

/** The records behind those counts, for operators. Undefined: the store is away, or what it said makes no sense. */
export interface SubjectRecords {
  read(subject: string): Promise<SubjectRecord | undefined>
  /** Changes the record of the entry's subject, and keeps the entry, or does neither. Answers the record as it is now. */
  change(change: SubjectChange, entry: AuditEntry): Promise<SubjectRecord | undefined>
  /** False: it may not have been done. Users sign out without leaving an entry. */
  signOut(subject: string, what: SignOut, now: number): Promise<boolean>
  /** At most so many entries that are not too old, the newest first. */
  audit(limit: number, now: number): Promise<readonly AuditEntry[] | undefined>
  /** Subjects of which something holds that an operator has set, the last changed first. */
  changed(now: number): Promise<readonly ChangedSubject[] | undefined>
  /** What is revoked of which of these subjects, in one round trip. A subject that is not in the answer has nothing revoked. */
  revocations(subjects: readonly string[]): Promise<ReadonlyMap<string, Revocations> | undefined>
}

/** What all isolates have seen, for operators. */
export interface Traffic {
  /** Undefined: the store is away. */
  read(span: Span, now: number): Promise<TrafficSeen | undefined>
  /** Everything that was ever seen, for whoever reads it as counters: it never becomes less. */
  total(now: number): Promise<Measures | undefined>
}

export interface TrafficSeen {
  /** The oldest first; each begins at its time (ms), and one that nobody saw anything in is there too. */
  readonly steps: readonly { readonly time: number; readonly seen: Seen }[]
}

/** How exchanges of the last day came to their errors, as far as it was kept. */
export interface Explanations {
  /**
   * By correlation id, the newest first and a bounded number, or that one by the gateway's own id of the exchange.
   * Undefined: the store is away, or what it said makes no sense.
   */
  find(id: string): Promise<readonly KeptExplanation[] | undefined>
}

/** An explanation as it was kept, perhaps by an older version of the gateway. */
export interface KeptExplanation {
  readonly id: string
  readonly correlationId: string
  readonly [name: string]: unknown
}

/** What left its usual band, and what came back. */
export interface Events {
  /** At most so many that are not too old, the newest first. Undefined: the store is away. */
  recent(limit: number, now: number): Promise<readonly AnomalyEvent[] | undefined>
}

export interface LastReadings {
  get(address: string): Reading | undefined
  set(address: string, reading: Reading): void
}

/** Asks everything that the gateway leans on, at once and with a time limit. */
export interface Readiness {
  check(): Promise<Readonly<Record<Dependency, DependencyState>>>
}

export type Dependency = 'store' | 'keys' | 'upstream'

export interface DependencyState {
  readonly state: 'up' | 'down'
  readonly latencyMs: number
}

/** The files of the gateway's own pages, written when it was built. */
export interface Assets {
  /** Undefined: there is no such file. */
  open(path: string): Promise<ReadableStream | undefined>
}

export interface SigningKeys {
  /** Keys that the token's header may mean. Empty: the issuer has no such key. */
  find(issuer: Issuer, header: JWSHeaderParameters): Promise<SigningKeyLookup>
  /** Whether this isolate still has that very key of the issuer, on word that is at most 15 minutes old. */
  holds(issuer: Issuer, key: CryptoKey): boolean
}

export type SigningKeyLookup =
  | { readonly kind: 'found'; readonly keys: readonly CryptoKey[]; readonly stands: Stands }
  | { readonly kind: 'unknown'; readonly stands: Stands }
  /** Neither the issuer nor a copy of its keys could be had. */
  | { readonly kind: 'unavailable' }

/** Whether the keys would be just the same if they were looked up again, and nobody would be asked for them. */
export type Stands = () => boolean

/** The gateway's own hand. */
export interface Signer {
  /** The claims as a compact JWS. Undefined: no signature of the configured key could be verified. */
  sign(claims: Readonly<Record<string, unknown>>): Promise<string | undefined>
  publicKeys(): Promise<readonly PublicKey[]>
}

/** As a JWK set lists it. */
export interface PublicKey {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

/** Good tokens that were verified a moment ago. */
export interface RememberedTokens {
  /** By the token's full text. Undefined when it has to be verified anew: past its `exp`, after a while, without its key. */
  get(token: string): Principal | undefined
  set(token: string, verified: VerifiedToken): void
}

export interface VerifiedToken {
  readonly principal: Principal
  readonly issuer: Issuer
  /** The one that signed it. */
  readonly key: CryptoKey
}

/** Bad tokens that were judged a moment ago. */
export interface RefusedTokens {
  /** By the token's full text. Undefined when it has to be judged anew: after a while, or when its keys may be others. */
  get(token: string): LastingRefusal | undefined
  set(token: string, refusal: LastingRefusal): void
}

/** What would be said again of the same text as long as its issuer's keys stand. */
export interface LastingRefusal extends Denial<'INVALID_TOKEN' | 'TOKEN_EXPIRED'> {
  readonly stands: Stands
}

export interface Upstream {
  /** Where to send a request of this method: the base itself, or what stands in for it while it is left alone. */
  baseFor(base: URL, method: string): URL
  /** Sends the request as it is, more than once where that is safe, or not at all while its upstream is left alone. */
  send(request: Request, dispatch: Dispatch): Promise<UpstreamOutcome>
}

export interface Dispatch {
  /** The upstream that the request is for. */
  readonly base: URL
  /** Milliseconds to the answer's header, all tries together. */
  readonly timeoutMs: number
  /** Makes the same request good for another try with so much time left; false: there can be none. */
  readonly renew: (msLeft: number) => Promise<boolean>
  /** Whether that failure says nothing of the upstream. */
  readonly excuses: (failure: Attempted) => boolean
}

export type UpstreamOutcome = (Attempted | LeftAlone) & {
  /** Absent: none. */
  readonly retries?: number
  /** It was sent to see whether the upstream is back. */
  readonly probe?: true
}

/** Nothing was sent; seconds. */
export interface LeftAlone {
  readonly kind: 'open'
  readonly retryAfter: number
}

/** What became of one try. */
export type Attempted =
  | { readonly kind: 'answered'; readonly response: Response }
  /** No connection was made, so nothing can have been executed. */
  | { readonly kind: 'unreachable' }
  /** The request may have arrived; its answer did not. */
  | { readonly kind: 'lost' | 'late' }

/** Exchanges a refresh token for new tokens, once, however many ask for it and wherever. */
export interface TokenProvider {
  /** Never rejects. */
  refresh(refreshToken: string): Promise<RefreshOutcome>
}

/** A cause is in our own words or is an OAuth error code: for the log, never for the client. */
export type RefreshOutcome =
  | { readonly kind: 'refreshed'; readonly tokens: RefreshedTokens }
  /** The provider says no to this token. */
  | { readonly kind: 'refused'; readonly cause: string }
  /** The provider failed or answered nonsense; it may have used the token up. */
  | { readonly kind: 'failed'; readonly cause: string }
  /** Nobody was asked: without the store, two isolates could ask at once. */
  | { readonly kind: 'unshared' }

export interface RefreshedTokens {
  readonly accessToken: string
  /** The one that was presented, where the provider gave no other. */
  readonly refreshToken: string
  /** Seconds. Absent: the provider did not say. */
  readonly expiresIn?: number
}

/** Keeps WebSockets open, and no longer than whoever opened them may. */
export interface Sockets {
  /** Joins a client to the socket that the upstream has answered with. */
  join(upstream: WebSocket, holder: SocketHolder): JoinedSocket
}

/** Whoever opened a socket. */
export interface SocketHolder {
  /** The subjects that it is counted under. */
  readonly address: string
  readonly caller?: string
  readonly token?: TokenIdentity & Pick<Principal, 'expiresAt'>
}

export interface JoinedSocket {
  readonly client: WebSocket
  readonly ended: Promise<SocketEnd>
}

export interface SocketEnd {
  readonly by: 'client' | 'upstream' | 'gateway'
  /** As whoever ended it gave it: 1005 for none, 1006 where the connection broke. */
  readonly code: number
  /** Why the gateway ended it. */
  readonly cause?: string
  /** How many messages were passed on. */
  readonly fromClient: number
  readonly fromUpstream: number
}

/** Told of every exchange once the header of its answer is ready. It makes nobody wait, and never throws. */
export interface Observer {
  observe(exchange: Exchange, answered: Answered): void
}

export interface Log {
  /** One record as one line; the fields are documented in docs/log-records.md. */
  write(record: Readonly<Record<string, unknown>>): void
}
