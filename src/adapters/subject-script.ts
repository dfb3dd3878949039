/** A revoked token is kept beyond its end as far as a clock may run ahead of another. */
export const REVOKED_BEYOND_MS = 5_000

/**
 * How long an isolate's word about its requests in flight holds for the others: of those that have lasted already, and
 * of those that have just come and may be gone in a moment.
 */
const STANDING_MS = 2_000
const PASSING_MS = 500

/**
 * Reads a record. What somebody spoiled counts for nothing and the rest goes on: it must neither stop every request of its
 * subject, nor look like a store that is away, nor keep an operator from mending it.
 */
export const READ_RECORD = `
local PARTS = { w = 2, c = 3, l = 0, r = 0 }

local function isSound(value, parts)
  if parts == 0 then return type(value) == 'number' end
  if type(value) ~= 'table' then return false end
  for i = 1, parts do
    if type(value[i]) ~= 'number' then return false end
  end
  return true
end

local function recordFrom(stored)
  local readable, record = pcall(cjson.decode, stored or '{}')
  if not readable or type(record) ~= 'table' then record = {} end
  for _, field in ipairs({ 't', 'n', 'b', 'e' }) do
    if type(record[field]) ~= 'number' then record[field] = nil end
  end
  for field, parts in pairs(PARTS) do
    local kept = {}
    for id, value in pairs(type(record[field]) == 'table' and record[field] or {}) do
      if isSound(value, parts) then kept[id] = value end
    end
    record[field] = (field == 'w' or next(kept)) and kept or nil
  end
  return record
end
`

/**
 * Judges one request by the records of its subjects and charges all of their windows or none.
 *
 * KEYS[i] holds the record of account i, the address first. ARGV[1] is the charge as JSON:
 * `{ now, accounts: [{ cost, refund, ends?, ask, windows: [[id, seconds, limit, shadow?], …], issuedAt?, tokenId?, share? }, …] }`. `refund` is
 * what an earlier lease left unspent: it comes off the counts of the windows that `ends` names by their reset, before
 * they are judged, and only if the request is charged.
 * `ask` is how many requests more the caller would take in advance: a lease. An eighth of what remains is granted, and nothing near a
 * limit. A shadow window counts and refuses nothing. `share` is `[isolate, requests in flight there, those of
 * them that last, most anywhere]`.
 *
 * A record is JSON: `t` the latest time seen (ms), `w` the windows by id, each `[resetAt, count]`, `l` limits that
 * replace those asked for, `n` notBefore (s): tokens issued earlier are revoked, `r` tokens revoked one by one, each by
 * its id until its `exp` (s), `b` blockedUntil (ms), `e` exemptUntil (ms): the windows that no route has of its own count and refuse nothing, `c` requests in flight by isolate, each `[all, lasting, when it was told (ms)]`: a share that is not renewed ends, so a dead isolate leaves nothing behind.
 *
 * Answers `{ outcome, account, granted, …, elsewhere, …, blockedUntil, …, limit, count, resetAt, lifted, … }`: what was granted to each
 * account, how many requests each has in flight in other isolates, until when each is shut out, then four numbers for each window in the order they were
 * asked, counted after the charge, `lifted` 1 where an exemption keeps it from refusing. Last comes what is revoked of each account: `[notBefore or 0, id, exp, …]`.
 *
 * The first line is Upstash's: without it the script would lock the whole database instead of its own keys.
 */
export const SUBJECT_SCRIPT = `#!lua flags=allow-key-locking
${READ_RECORD}
local charge = cjson.decode(ARGV[1])
local stored
if KEYS[2] then
  stored = redis.call('MGET', KEYS[1], KEYS[2])
else
  stored = redis.call('MGET', KEYS[1])
end

-- Time never runs backwards for a subject; but a clock that ran ahead moves the others by 5 s at most.
local now = charge.now
local records = {}
for i = 1, #KEYS do
  local record = recordFrom(stored[i])
  records[i] = record
  now = math.max(now, math.min(record.t or 0, charge.now + 5000))
end

local outcome, account = 'admitted', 0
local readings, mended, elsewhere, shut, revoked = {}, {}, {}, {}, {}
for i, asked in ipairs(charge.accounts) do
  local record = records[i]
  local over, exempt = false, (record.e or 0) > now
  for _, window in ipairs(asked.windows) do
    local id, span = window[1], window[2] * 1000
    local limit = record.l and record.l[id] or window[3]
    local resetAt, count = now + span, 0
    local running = record.w[id]
    local back = 0
    if running and running[1] > now then
      if asked.ends and asked.ends[id] == running[1] then back = asked.refund end
      count = running[2]
      if running[1] > resetAt then
        -- Begun by a clock that ran ahead: it ends as one begun now, and that is kept, or it would never end.
        running[1] = resetAt
        mended[i] = true
      end
      resetAt = running[1]
    end
    local raw = count
    count = math.max(0, count - back)
    -- A route's own window has the route's name before a colon.
    local lifted = exempt and not string.find(id, ':', 1, true)
    local free = window[4] or lifted
    if not free and asked.cost > 0 and count + asked.cost > limit then over = true end
    readings[#readings + 1] = {
      record = record, id = id, limit = limit, raw = raw, count = count, resetAt = resetAt, account = i, free = free,
      lifted = lifted and 1 or 0
    }
  end

  local busy = false
  elsewhere[i] = 0
  if asked.share then
    local isolate, mine, lasting, most = unpack(asked.share)
    local live = { [isolate] = { mine, lasting, now } }
    for other, held in pairs(record.c or {}) do
      local age = now - held[3]
      if other ~= isolate and age < ${STANDING_MS} then
        live[other] = held
        elsewhere[i] = elsewhere[i] + (age < ${PASSING_MS} and held[1] or held[2])
      end
    end
    record.c = live
    busy = elsewhere[i] + mine > most
  end
  local known, live = { record.n or 0 }, {}
  for id, exp in pairs(record.r or {}) do
    if exp * 1000 + ${REVOKED_BEYOND_MS} > now then
      live[id] = exp
      known[#known + 1] = id
      known[#known + 1] = exp
    end
  end
  record.r = next(live) and live or nil
  revoked[i] = known

  local blocked = (record.b or 0) > now
  shut[i] = blocked and record.b or 0
  if outcome == 'admitted' then
    if blocked then
      outcome, account = 'blocked', i
    elseif asked.issuedAt and known[1] > asked.issuedAt
      or asked.tokenId and live[asked.tokenId] then
      outcome, account = 'revoked', i
    elseif over then
      outcome, account = 'over', i
    elseif busy then
      outcome, account = 'busy', i
    end
  end
end

-- A revoked token costs its address, nobody else.
local charged = 0
if outcome == 'admitted' then charged = #KEYS elseif outcome == 'revoked' then charged = account - 1 end

local granted = {}
for i, asked in ipairs(charge.accounts) do granted[i] = i <= charged and asked.ask or 0 end
for _, reading in ipairs(readings) do
  local i = reading.account
  local remaining = reading.limit - reading.count - charge.accounts[i].cost
  local most = remaining * 8 < reading.limit and 0 or math.floor(remaining / 8)
  if not reading.free then granted[i] = math.min(granted[i], most) end
end

for _, reading in ipairs(readings) do
  local i = reading.account
  if i <= charged then
    reading.count = math.max(0, reading.count + charge.accounts[i].cost + granted[i])
    reading.record.w[reading.id] = { reading.resetAt, reading.count }
  else
    reading.count = reading.raw
  end
end

for i = 1, #KEYS do
  if i <= charged or mended[i] then
    local record = records[i]
    local live, ends = {}, math.max(record.b or 0, record.e or 0)
    for id, window in pairs(record.w) do
      if window[1] > now then
        live[id] = window
        ends = math.max(ends, window[1])
      end
    end
    for _, held in pairs(record.c or {}) do ends = math.max(ends, held[3] + ${STANDING_MS}) end
    for _, exp in pairs(record.r or {}) do ends = math.max(ends, exp * 1000 + ${REVOKED_BEYOND_MS}) end
    record.w, record.t = live, now
    -- What an operator has set outlives every window: 400 days from the last request.
    if record.l or record.n then ends = math.max(ends, now + 34560000000) end
    redis.call('SET', KEYS[i], cjson.encode(record), 'PX', math.max(1, ends - now))
  end
end

local answer = { outcome, account }
for i = 1, #KEYS do answer[#answer + 1] = granted[i] end
for i = 1, #KEYS do answer[#answer + 1] = elsewhere[i] end
for i = 1, #KEYS do answer[#answer + 1] = shut[i] end
for _, reading in ipairs(readings) do
  answer[#answer + 1] = reading.limit
  answer[#answer + 1] = reading.count
  answer[#answer + 1] = reading.resetAt
  answer[#answer + 1] = reading.lifted
end
answer[#answer + 1] = revoked
return answer
`
