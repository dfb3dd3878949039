/**
 * What a client may call its requests: harmless to repeat in headers, logs and paths. A token or an API key would fit,
 * and an id is repeated in logs, answers and the operators' trail.
 */
export const ACCEPTABLE_ID = /^(?!eyJ[\w-]+\.|ctll_)[A-Za-z0-9][A-Za-z0-9._:-]{7,127}$/
