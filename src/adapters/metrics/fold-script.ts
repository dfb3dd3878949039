/**
 * Keeps what one run has added up, unless another run has come before it.
 *
 * KEYS[1] is the total; ARGV[1] the `through` that this run found there (empty: none), ARGV[2] and ARGV[3] are its new
 * `through` and `seen`. Each further key is a hash of steps, and of it follow how many steps there are, for how long it
 * is to be kept from now on (ms; empty: as it is), and each step's name and text.
 *
 * Answers 1 when it was kept, 0 when it came too late.
 */
export const FOLD_SCRIPT = `#!lua flags=allow-key-locking
local through = redis.call('HGET', KEYS[1], 'through') or ''
if through ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'through', ARGV[2], 'seen', ARGV[3])
local at = 4
for i = 2, #KEYS do
  local steps, kept = tonumber(ARGV[at]), ARGV[at + 1]
  redis.call('HSET', KEYS[i], unpack(ARGV, at + 2, at + 1 + 2 * steps))
  if kept ~= '' then redis.call('PEXPIRE', KEYS[i], kept) end
  at = at + 2 + 2 * steps
end
return 1
`
