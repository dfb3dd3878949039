/** What an account is to pay, as the script is asked. */
export interface Wanted {
  readonly subject: string
  readonly cost: number
  readonly refund: number
  readonly ends?: Readonly<Record<string, number>> | undefined
  readonly ask: number
  readonly windows: readonly (readonly [
    id: string,
    seconds: number,
    limit: number,
    shadow?: boolean,
  ])[]
  readonly issuedAt?: number | undefined
  readonly tokenId?: string | undefined
  readonly share?:
    | readonly [isolate: string, inFlight: number, lasting: number, most: number]
    | undefined
}

interface Kept {
  t?: number
  w: Readonly<Record<string, readonly [resetAt: number, count: number]>>
  c?: Readonly<Record<string, readonly [all: number, lasting: number, toldAt: number]>>
  l?: Record<string, number>
  n?: number
  r?: Readonly<Record<string, number>>
  b?: number
  e?: number
}

type Revoked = readonly [notBefore: number, ...tokens: (readonly [id: string, exp: number])[]]

/** What the records are, told as plainly as it can be: the script must agree with this. */
export class ReferenceModel {
  readonly records = new Map<string, Kept>()

  judge(accounts: readonly Wanted[], clock: number): (string | number | Revoked[])[] {
    const records = accounts.map(({ subject }) => this.records.get(subject) ?? { w: {} })
    const now = Math.max(clock, ...records.map(({ t = 0 }) => Math.min(t, clock + 5_000)))
    const parts = accounts.map((account, i) => partOf(account, records[i] ?? { w: {} }, now))

    const at = parts.findIndex(({ trouble }) => trouble !== 'admitted')
    const outcome = parts[at]?.trouble ?? 'admitted'
    const charged = at === -1 ? parts.length : outcome === 'revoked' ? at : 0
    for (const [i, part] of parts.entries()) {
      if (i < charged) part.charge()
      else for (const state of part.states) state.count = state.raw
      if (i < charged || part.mended) this.records.set(part.subject, part.kept(now, i < charged))
    }
    const granted = parts.map((part, i) => (i < charged ? part.lease : 0))
    const numbers = parts.flatMap(({ states }) => states)
    return [
      outcome,
      at + 1,
      ...granted,
      ...parts.map(({ elsewhere }) => elsewhere),
      ...parts.map(({ record: { b = 0 } }) => (b > now ? b : 0)),
      ...numbers.flatMap(({ limit, count, resetAt, lifted }) => [
        limit,
        count,
        resetAt,
        lifted ? 1 : 0,
      ]),
      parts.map(({ record: { n = 0 }, live }) => [n, ...live] as const),
    ]
  }

  /** What a change says of revoked tokens. The 33rd takes all that were issued until now with it. */
  revoke(subject: string, id: string, expiresAt: number, clock: number): void {
    const { b = 0, ...record } = this.records.get(subject) ?? { w: {} }
    const now = Math.max(clock, Math.min(record.t ?? 0, clock + 5_000))
    const live = liveIn(record, now).filter(([known]) => known !== id)
    const ours = [id, Math.max(expiresAt, record.r?.[id] ?? 0)] as const
    const full = live.length === 32
    this.records.set(subject, {
      ...record,
      ...(b > now && { b }),
      w: Object.fromEntries(Object.entries(record.w).filter(([, [end]]) => end > now)),
      ...(full && { n: Math.max(record.n ?? 0, Math.floor(now / 1000) + 6) }),
      r: Object.fromEntries(full ? [ours] : [...live, ours]),
    })
  }
}

function liveIn({ r = {} }: Kept, now: number): (readonly [id: string, exp: number])[] {
  return Object.entries(r)
    .filter(([, exp]) => exp * 1000 + 5_000 > now)
    .sort(([one], [other]) => (one < other ? -1 : 1))
}

function partOf(wanted: Wanted, record: Kept, now: number) {
  const { subject, cost, refund, ends, ask, windows, issuedAt, tokenId, share } = wanted
  const { b = 0, e = 0, n = 0, l = {} } = record
  const states = windows.map(([id, seconds, asked, shadow]) => {
    const [end, count] = record.w[id] ?? [0, 0]
    const fresh = now + seconds * 1000
    const running = end > now
    const lifted = e > now && !id.includes(':')
    return {
      id,
      limit: l[id] ?? asked,
      count: Math.max(0, (running ? count : 0) - (running && ends?.[id] === end ? refund : 0)),
      raw: running ? count : 0,
      resetAt: running ? Math.min(end, fresh) : fresh,
      mended: end > fresh,
      lifted,
      binding: !shadow && !lifted,
    }
  })
  const binding = states.filter((state) => state.binding)
  const over = cost > 0 && binding.some(({ count, limit }) => count + cost > limit)
  const live = liveIn(record, now)
  const older = issuedAt !== undefined && n > issuedAt
  const revoked = older || live.some(([id]) => id === tokenId)
  const most = binding.map(({ limit, count }) => {
    const remaining = limit - count - cost
    return remaining * 8 < limit ? 0 : Math.floor(remaining / 8)
  })
  const others = Object.entries(record.c ?? {}).filter(
    ([isolate, [, , toldAt]]) => isolate !== share?.[0] && now - toldAt < 2_000,
  )
  const counted = others.map(([, [all, lasting, toldAt]]) => (now - toldAt < 500 ? all : lasting))
  const elsewhere = share ? counted.reduce((sum, count) => sum + count, 0) : 0
  const busy = share !== undefined && elsewhere + share[1] > share[3]
  const c = share && {
    c: Object.fromEntries([...others, [share[0], [share[1], share[2], now]]]),
  }
  const lease = Math.min(ask, ...most)
  return {
    subject,
    record,
    states,
    live,
    lease,
    elsewhere,
    trouble: b > now ? 'blocked' : revoked ? 'revoked' : over ? 'over' : busy ? 'busy' : 'admitted',
    mended: states.some(({ mended }) => mended),
    charge() {
      for (const state of states) state.count = Math.max(0, state.count + cost + lease)
    },
    /** What has ended is forgotten; a window that a fast clock began ends as one begun now. */
    kept(at: number, charged: boolean): Kept {
      const changed = states
        .filter((state) => charged || state.mended)
        .map(({ id, resetAt, count }) => [id, [resetAt, count]] as const)
      const all = Object.entries({ ...record.w, ...Object.fromEntries(changed) })
      const { r: _, ...rest } = record
      const r = live.length > 0 && { r: Object.fromEntries(live) }
      return {
        ...rest,
        ...r,
        ...c,
        t: at,
        w: Object.fromEntries(all.filter(([, [end]]) => end > at)),
      }
    },
  }
}
