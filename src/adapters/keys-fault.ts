/** Why a key set or a copy of one was not to be had, in words of our own: safe to log. */
export class KeysFault extends Error {}
