/**
 * How a body came to its end: whole; broken off by the upstream; left by the client; or because for too long the
 * upstream sent nothing (`silent`), or the client took nothing (`stalled`).
 */
export type StreamEnd = 'whole' | 'cut' | 'left' | 'silent' | 'stalled'
