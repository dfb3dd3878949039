/** The list of events: so many, each for so long. */
const MOST_EVENTS = 300
export const EVENT_MS = 90 * 86_400_000

/**
 * Writes what a judge came to, and the events of it, where nobody has written since it read: of two that judge the same
 * minute one is heard.
 *
 * KEYS[1] is a hash of `version` and `state`, KEYS[2] the list of events, the newest first. ARGV[1] is the version that
 * was read ('' for none), ARGV[2] the new one, ARGV[3] the state; the events follow. Answers 1, or 0 where it wrote nothing.
 */
export const COMMIT_SCRIPT = `#!lua flags=allow-key-locking
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
if ARGV[4] then
  redis.call('LPUSH', KEYS[2], unpack(ARGV, 4))
  redis.call('LTRIM', KEYS[2], 0, ${MOST_EVENTS - 1})
  redis.call('PEXPIRE', KEYS[2], ${EVENT_MS})
end
return 1
`
