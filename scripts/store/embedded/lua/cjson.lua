-- JSON as Redis's cjson has it: fourteen digits, an empty table is an object, null is a value of its own.
local native, null = ...

local type, next, rawget, tostring, tonumber, select, pcall = type, next, rawget, tostring, tonumber, select, pcall
local floor, huge = math.floor, math.huge
local byte, char, find, format, gsub, sub = string.byte, string.char, string.find, string.format, string.gsub, string.sub
local concat = table.concat

local MAX_DEPTH = 1000
-- An array may be sparse while it is short, or at least half full.
local SPARSE_SAFE, SPARSE_RATIO = 10, 2

local function stop(...)
  error(format(...), 0)
end

local function argument(name, ...)
  if select('#', ...) ~= 1 then stop("bad argument #1 to '%s' (expected 1 argument)", name) end
  return (...)
end

local ESCAPES = {
  ['"'] = '\\"', ['\\'] = '\\\\', ['/'] = '\\/',
  ['\b'] = '\\b', ['\t'] = '\\t', ['\n'] = '\\n', ['\f'] = '\\f', ['\r'] = '\\r',
}

local function quoted(text)
  return '"' .. gsub(text, '[%z\1-\31"\\/\127]', function(found)
    return ESCAPES[found] or format('\\u%04x', byte(found))
  end) .. '"'
end

local function number_text(number)
  if number ~= number or number == huge or number == -huge then
    stop('Cannot serialise number: must not be NaN or Inf')
  end
  return format('%.14g', number)
end

local function array_length(value)
  local length, count = 0, 0
  for key in next, value do
    if type(key) ~= 'number' or key < 1 or floor(key) ~= key then return 0 end
    if key > length then length = key end
    count = count + 1
  end
  if length > count * SPARSE_RATIO and length > SPARSE_SAFE then
    stop('Cannot serialise table: excessively sparse array')
  end
  return length
end

local function key_text(key)
  local kind = type(key)
  if kind == 'string' then return quoted(key) end
  if kind == 'number' then return '"' .. number_text(key) .. '"' end
  stop('Cannot serialise %s: table key must be a number or string', kind)
end

local write

local function write_table(value, out, depth)
  if depth > MAX_DEPTH then stop('Cannot serialise, excessive nesting (%d)', depth) end
  local length = array_length(value)
  if length > 0 then
    for at = 1, length do
      out[#out + 1] = at == 1 and '[' or ','
      write(rawget(value, at), out, depth)
    end
    out[#out + 1] = ']'
    return
  end
  local mark = '{'
  for key, field in next, value do
    out[#out + 1] = mark .. key_text(key) .. ':'
    write(field, out, depth)
    mark = ','
  end
  out[#out + 1] = mark == '{' and '{}' or '}'
end

function write(value, out, depth)
  local kind = type(value)
  if kind == 'string' then out[#out + 1] = quoted(value)
  elseif kind == 'number' then out[#out + 1] = number_text(value)
  elseif kind == 'table' then write_table(value, out, depth + 1)
  elseif kind == 'boolean' then out[#out + 1] = tostring(value)
  elseif value == nil or value == null then out[#out + 1] = 'null'
  else stop('Cannot serialise %s: type not supported', kind)
  end
end

local function encode(...)
  local out = {}
  write(argument('encode', ...), out, 0)
  return concat(out)
end

local PUNCTUATION = {
  ['{'] = 'T_OBJ_BEGIN', ['}'] = 'T_OBJ_END', ['['] = 'T_ARR_BEGIN', [']'] = 'T_ARR_END',
  [':'] = 'T_COLON', [','] = 'T_COMMA', [''] = 'T_END',
}
local LITERALS = {
  { '^true', 'T_BOOLEAN', true }, { '^false', 'T_BOOLEAN', false }, { '^null', 'T_NULL', null },
}
-- What C's strtod would read; the longer forms first.
local NUMBERS = {
  '^[+-]?0[xX]%x+%.?%x*[pP][+-]?%d+', '^[+-]?0[xX]%x+%.?%x*',
  '^[+-]?%d+%.?%d*[eE][+-]?%d+', '^[+-]?%d+%.?%d*', '^[+-]%.%d+[eE][+-]?%d+', '^[+-]%.%d+',
  '^[+-]?[iI][nN][fF][iI][nN][iI][tT][yY]', '^[+-]?[iI][nN][fF]', '^[+-]?[nN][aA][nN]',
}
local UNESCAPES = {
  ['"'] = '"', ['\\'] = '\\', ['/'] = '/', b = '\b', f = '\f', n = '\n', r = '\r', t = '\t',
}

local function utf8(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + floor(code / 64), 0x80 + code % 64) end
  local last = 0x80 + code % 64
  local middle = 0x80 + floor(code / 64) % 64
  if code < 0x10000 then return char(0xE0 + floor(code / 4096), middle, last) end
  return char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64, middle, last)
end

-- The character written as \uXXXX at a place, as a pair where one is needed, and the place after it.
local function unicode_at(text, at)
  local digits = text:match('^\\u(%x%x%x%x)', at)
  local code = digits and tonumber(digits, 16)
  if not code then return nil end
  if code < 0xD800 or code > 0xDFFF then return utf8(code), at + 6 end
  local low = tonumber(text:match('^\\u(%x%x%x%x)', at + 6) or '0', 16)
  if code > 0xDBFF or low < 0xDC00 or low > 0xDFFF then return nil end
  return utf8(0x10000 + (code - 0xD800) * 1024 + low - 0xDC00), at + 12
end

-- Tokens are: kind, value, where it begins, where the next may begin. Kind nil: the value says what is wrong.
local function string_token(text, start)
  local pieces, at = {}, start + 1
  while true do
    local stop_at = find(text, '["\\]', at)
    if not stop_at then return nil, 'unexpected end of string', #text + 1 end
    pieces[#pieces + 1] = sub(text, at, stop_at - 1)
    if byte(text, stop_at) == 34 then return 'T_STRING', concat(pieces), start, stop_at + 1 end

    local letter = sub(text, stop_at + 1, stop_at + 1)
    if letter == 'u' then
      local piece, after = unicode_at(text, stop_at)
      if not piece then return nil, 'invalid unicode escape code', stop_at end
      pieces[#pieces + 1], at = piece, after
    elseif UNESCAPES[letter] then
      pieces[#pieces + 1], at = UNESCAPES[letter], stop_at + 2
    else
      return nil, 'invalid escape code', stop_at
    end
  end
end

local function token(text, at)
  local start = find(text, '[^ \t\r\n]', at) or #text + 1
  local first = sub(text, start, start)
  local mark = PUNCTUATION[first]
  if mark then return mark, nil, start, start + 1 end
  if first == '"' then return string_token(text, start) end
  for _, literal in ipairs(LITERALS) do
    local _, last = find(text, literal[1], start)
    if last then return literal[2], literal[3], start, last + 1 end
  end
  for _, pattern in ipairs(NUMBERS) do
    local _, last = find(text, pattern, start)
    if last then return 'T_NUMBER', tonumber(sub(text, start, last)), start, last + 1 end
  end
  return nil, find(first, '[%d+-]') and 'invalid number' or 'invalid token', start
end

local function expected(what, kind, value, start)
  stop('Expected %s but found %s at character %d', what, kind or value, start)
end

local SCALARS = { T_STRING = true, T_NUMBER = true, T_BOOLEAN = true, T_NULL = true }
local read

local function read_array(text, at, depth)
  local found, count = {}, 0
  local kind, value, start, after = token(text, at)
  if kind == 'T_ARR_END' then return found, after end
  while true do
    count = count + 1
    found[count], after = read(text, depth, kind, value, start, after)
    kind, value, start, after = token(text, after)
    if kind == 'T_ARR_END' then return found, after end
    if kind ~= 'T_COMMA' then expected('comma or array end', kind, value, start) end
    kind, value, start, after = token(text, after)
  end
end

local function read_object(text, at, depth)
  local found = {}
  local kind, value, start, after = token(text, at)
  if kind == 'T_OBJ_END' then return found, after end
  while true do
    if kind ~= 'T_STRING' then expected('object key string', kind, value, start) end
    local key = value
    kind, value, start, after = token(text, after)
    if kind ~= 'T_COLON' then expected('colon', kind, value, start) end
    found[key], after = read(text, depth, token(text, after))
    kind, value, start, after = token(text, after)
    if kind == 'T_OBJ_END' then return found, after end
    if kind ~= 'T_COMMA' then expected('comma or object end', kind, value, start) end
    kind, value, start, after = token(text, after)
  end
end

-- The value that begins with the token given, and where the text goes on.
function read(text, depth, kind, value, start, after)
  if SCALARS[kind] then return value, after end
  if kind ~= 'T_OBJ_BEGIN' and kind ~= 'T_ARR_BEGIN' then expected('value', kind, value, start) end
  if depth >= MAX_DEPTH then
    stop('Found too many nested data structures (%d) at character %d', depth + 1, start)
  end
  return (kind == 'T_OBJ_BEGIN' and read_object or read_array)(text, after, depth + 1)
end

local function decode(...)
  local text = argument('decode', ...)
  if type(text) == 'number' then text = tostring(text) end
  if type(text) ~= 'string' then stop("bad argument #1 to 'decode' (string expected, got %s)", type(text)) end
  local value, after = read(text, 0, token(text, 1))
  local kind, extra, start = token(text, after)
  if kind ~= 'T_END' then expected('the end', kind, extra, start) end
  return value
end

local function safely(run)
  return native(function(...) return pcall(run, ...) end)
end

return { encode = safely(encode), decode = safely(decode), null = null, _NAME = 'cjson', _VERSION = '2.1.0' }
