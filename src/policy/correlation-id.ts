/**
 * What a client may call its requests: harmless to repeat in headers, logs and paths. A token or an API key would fit,
 * also behind a word, and an id is repeated in logs, answers and the operators' trail.
 */
export const ACCEPTABLE_ID =
  /^(?=.{8,128}$)(?!eyJ[\w-]+\.|.*(?:eyJ[\w-]{8,}\.[\w-]|ctll_))[A-Za-z0-9][A-Za-z0-9._:-]+$/
