/**
 * `GET /sync/events`, `Authorization: Bearer TOKEN`: server-sent events. `ready` once, then `changed`
 * whenever there is something to pull. Milliseconds.
 */
export const EVENTS = {
  /** Between two signs of life on a silent line. */
  beat: 25_000,
  /** How long changes are gathered into one event. */
  gather: 200,
  /** How long a stream lasts before the device has to ask anew. */
  longest: 5 * 60_000,
} as const;
