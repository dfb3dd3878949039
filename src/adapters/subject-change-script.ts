import { READ_RECORD, REVOKED_BEYOND_MS } from './subject-script.ts'

/** So many tokens of a subject are revoked one by one. */
const MOST_REVOKED = 32

/** How far a token's `iat` may lie ahead and the token be taken: 5 s, and the rest of its second. */
const ISSUED_AHEAD_SECONDS = 6

/** The trail of changes: so many entries, each for so long. */
const AUDIT_ENTRIES = 1_000
export const AUDIT_MS = 90 * 86_400_000

/** So many subjects that operators have changed are listed: those that were changed last. */
const MOST_CHANGED = 1_000
const CHANGED_MS = 3_650 * 86_400_000

/**
 * Changes one subject's record, notes the change in the audit trail and lists the subject while anything holds of what can be
 * set, all or none of it. What a user does for itself names no trail.
 *
 * KEYS[1] holds the record, whose fields the judging script documents; KEYS[2] the trail, a list, the newest first;
 * KEYS[3] the changed subjects, sorted by when each was changed.
 * ARGV[1] is the change as JSON: `{ now, limits?, blockedUntil?, exemptUntil?, notBefore?, reset?, revoke?, revokeBefore? }`, null to take away. ARGV[2] is
 * the entry for the trail as JSON, its `time` in milliseconds; ARGV[3] the subject's name. Fields of the record that are not named here stay.
 *
 * `revoke` is a token, `{ id, expiresAt }`; `revokeBefore` a `notBefore` that does not move an earlier one back.
 *
 * Answers the record as JSON and how long it will be kept (ms), or `{}` and -2 where nothing is left of it.
 */
export const SUBJECT_CHANGE_SCRIPT = `#!lua flags=allow-key-locking
${READ_RECORD}
local change = cjson.decode(ARGV[1])
local record = recordFrom(redis.call('GET', KEYS[1]))
local now = math.max(change.now, math.min(record.t or 0, change.now + 5000))

local function after(given, kept)
  if given == nil then return kept end
  if given == cjson.null then return nil end
  return given
end

record.n = after(change.notBefore, record.n)
if change.revokeBefore then record.n = math.max(record.n or 0, change.revokeBefore) end

local revoked, count = {}, 0
for id, exp in pairs(record.r or {}) do
  if exp * 1000 + ${REVOKED_BEYOND_MS} > now then
    revoked[id] = exp
    count = count + 1
  end
end
if change.revoke then
  local id, exp = change.revoke.id, change.revoke.expiresAt
  if not revoked[id] then count = count + 1 end
  exp = math.max(exp, revoked[id] or 0)
  if count > ${MOST_REVOKED} then
    -- None is forgotten: all were issued before now, so all tokens of before now take their place.
    record.n = math.max(record.n or 0, math.floor(now / 1000) + ${ISSUED_AHEAD_SECONDS})
    revoked = {}
  end
  revoked[id] = exp
end
record.r = next(revoked) and revoked or nil

record.b = after(change.blockedUntil, record.b)
if record.b and record.b <= now then record.b = nil end
record.e = after(change.exemptUntil, record.e)
if record.e and record.e <= now then record.e = nil end
if change.limits then
  local limits = record.l or {}
  for id, limit in pairs(change.limits) do limits[id] = after(limit, nil) end
  record.l = next(limits) and limits or nil
end

local live, ends = {}, math.max(record.b or 0, record.e or 0)
for id, window in pairs(record.w) do
  if window[1] > now and not change.reset then
    live[id] = window
    ends = math.max(ends, window[1])
  end
end
record.w = live
-- What an operator has set outlives every window: 400 days.
for _, exp in pairs(revoked) do ends = math.max(ends, exp * 1000 + ${REVOKED_BEYOND_MS}) end
if record.l or record.n then ends = math.max(ends, now + 34560000000) end

local left = next(live) ~= nil
for field in pairs(record) do
  if field ~= 't' and field ~= 'w' then left = true end
end

-- The trail and the list first: should they be unreadable, the record has not been touched.
if KEYS[2] then
  local oldest = redis.call('LRANGE', KEYS[2], -1, -1)[1]
  while oldest and cjson.decode(oldest).time < change.now - ${AUDIT_MS} do
    redis.call('RPOP', KEYS[2])
    oldest = redis.call('LRANGE', KEYS[2], -1, -1)[1]
  end
  if record.l or record.n or record.r or record.b or record.e then
    redis.call('ZADD', KEYS[3], change.now, ARGV[3])
    for _, subject in ipairs(redis.call('ZRANGE', KEYS[3], 0, ${-1 - MOST_CHANGED})) do
      redis.call('ZREM', KEYS[3], subject)
    end
    redis.call('PEXPIRE', KEYS[3], ${CHANGED_MS})
  else
    redis.call('ZREM', KEYS[3], ARGV[3])
  end
  redis.call('LPUSH', KEYS[2], ARGV[2])
  redis.call('LTRIM', KEYS[2], 0, ${AUDIT_ENTRIES - 1})
  redis.call('PEXPIRE', KEYS[2], ${AUDIT_MS})
end

local text, lifetime = '{}', -2
if left then
  -- A field unknown here lives beside the windows: it is not to end because they were reset.
  text, lifetime = cjson.encode(record), math.max(60000, ends - now)
  redis.call('SET', KEYS[1], text, 'PX', lifetime)
else
  redis.call('DEL', KEYS[1])
end

return { text, lifetime }
`

/**
 * Takes subjects off the list of the changed, those that have not been changed again since it was read. KEYS[1] is the
 * list; ARGV are names, each with when it was changed.
 */
export const SUBJECTS_DONE_SCRIPT = `#!lua flags=allow-key-locking
for i = 1, #ARGV, 2 do
  local changed = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if changed and tonumber(changed) == tonumber(ARGV[i + 1]) then redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return 0
`
