-- Receives the cjson chunk and the host's functions, returns compile(hash, text) and run(hash, keys, inputs).
local make_cjson, command, sha1hex, native, null = ...

local getinfo = debug.getinfo
local type, tostring, select, unpack, pcall, xpcall = type, tostring, select, unpack, pcall, xpcall
local format = string.format

local SOURCE = '@user_script'
local READONLY = 'Attempt to modify a readonly table'

-- A table that scripts can read and not change. Lua 5.1 knows no such thing, so scripts see an empty
-- stand-in with the contents behind it.
local protected = setmetatable({}, { __mode = 'k' })

local function readonly(contents, missing)
  local stand_in = setmetatable({}, {
    __index = missing and function(_, name)
      local value = contents[name]
      if value == nil then missing(name) end
      return value
    end or contents,
    __newindex = function() error(READONLY, 2) end,
    __metatable = false,
  })
  protected[stand_in] = true
  return stand_in
end

local function fail(text)
  return false, { err = text }
end

local function call(...)
  local count = select('#', ...)
  if count == 0 then return { err = 'ERR Please specify at least one argument for this redis lib call' } end
  local words = { ... }
  for at = 1, count do
    local kind = type(words[at])
    if kind == 'number' then
      words[at] = format('%.17g', words[at])
    elseif kind ~= 'string' then
      return { err = 'ERR Lua redis lib command arguments must be strings or integers' }
    end
  end
  return command(unpack(words, 1, count))
end

local function is_error(reply)
  return type(reply) == 'table' and reply.err ~= nil
end

local redis = {
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
  REDIS_VERSION = '7.0.15', REDIS_VERSION_NUM = 458767,
}

redis.call = native(function(...)
  local reply = call(...)
  if is_error(reply) then return false, reply end
  return true, reply
end)

redis.pcall = native(function(...)
  return true, call(...)
end)

redis.sha1hex = native(function(...)
  if select('#', ...) ~= 1 then return fail('ERR wrong number of arguments') end
  local kind = type((...))
  return true, sha1hex((kind == 'string' or kind == 'number') and tostring((...)) or '')
end)

local function one_text(field, mark)
  return native(function(...)
    if select('#', ...) ~= 1 or type((...)) ~= 'string' then
      return true, { err = 'ERR wrong number or type of arguments' }
    end
    return true, { [field] = mark((...)) }
  end)
end

redis.status_reply = one_text('ok', function(text) return text end)

-- An error's first word is its code; a single word is given one.
redis.error_reply = one_text('err', function(text)
  if text:sub(1, 1) == '-' then text = text:sub(2) end
  return text:find(' ', 1, true) and text or 'ERR ' .. text
end)

redis.log = native(function() return true end)
redis.replicate_commands = native(function() return true, true end)
redis.setresp = native(function(version)
  if version == 2 then return true end
  return fail('ERR RESP version must be 2.')
end)

local globals = {}

local function missing(name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 3)
end

local environment = readonly(globals, missing)

for _, name in ipairs {
  'assert', 'collectgarbage', 'error', 'gcinfo', 'getmetatable', 'ipairs', 'next', 'pairs', 'rawequal', 'rawget',
  'select', 'setmetatable', 'tonumber', 'tostring', 'type', 'unpack', '_VERSION',
} do
  globals[name] = _G[name]
end

for _, name in ipairs { 'coroutine', 'math', 'string', 'table' } do
  globals[name] = readonly(_G[name])
end
getmetatable('').__index = globals.string

globals._G = environment
globals.redis = readonly(redis)
globals.cjson = readonly(make_cjson(native, null))

globals.rawset = native(function(target, key, value)
  if protected[target] then return false, { err = 'ERR ' .. READONLY } end
  return true, rawset(target, key, value)
end)

-- A caught error is its text, even if it was raised as a table.
local function caught(ok, problem, ...)
  if not ok and type(problem) == 'table' and type(problem.err) == 'string' then
    return true, false, problem.err
  end
  return true, ok, problem, ...
end

globals.pcall = native(function(...)
  return caught(pcall(...))
end)

local function handled(handler, ok, ...)
  if ok then return true, true, ... end
  return true, false, handler(...)
end

-- Lua would call the handler before it unwinds, and inside the watchdog's hook nothing watches the handler.
globals.xpcall = native(function(run, handler)
  return handled(handler, pcall(run))
end)

local function confined(chunk, problem)
  if not chunk then return true, nil, problem end
  return true, setfenv(chunk, environment)
end

-- Compiled code could reach past the sandbox.
local function is_bytecode(text)
  return type(text) == 'string' and text:byte(1) == 27
end

globals.loadstring = native(function(text, name)
  if is_bytecode(text) then return true, nil, 'binary chunks are refused' end
  return confined(loadstring(text, name))
end)

globals.load = native(function(reader, name)
  local pieces = {}
  for piece in reader do
    if piece == '' then break end
    pieces[#pieces + 1] = piece
  end
  local text = table.concat(pieces)
  if is_bytecode(text) then return true, nil, 'binary chunks are refused' end
  return confined(loadstring(text, name or '=(load)'))
end)

local scripts = {}

local function compile(hash, text)
  if is_bytecode(text) then return 'ERR Error compiling script (new function): binary chunks are refused' end
  local chunk, problem = loadstring(text, SOURCE)
  if not chunk then return 'ERR Error compiling script (new function): ' .. problem end
  scripts[hash] = setfenv(chunk, environment)
end

local function line_of_script()
  local level = 3
  while true do
    local frame = getinfo(level, 'Sl')
    if not frame then return nil end
    if frame.source == SOURCE and frame.currentline > 0 then return frame.currentline end
    level = level + 1
  end
end

local function run(hash, keys, inputs)
  globals.KEYS, globals.ARGV = keys, inputs
  local ok, result = xpcall(scripts[hash], function(problem)
    local text = type(problem) == 'table' and problem.err or 'ERR ' .. tostring(problem)
    local line = line_of_script()
    local place = line and ', on ' .. SOURCE .. ':' .. line or ''
    return tostring(text) .. ' script: ' .. hash .. place .. '.'
  end)
  globals.KEYS, globals.ARGV = nil, nil
  if ok then return result end
  return { err = result }
end

return compile, run
