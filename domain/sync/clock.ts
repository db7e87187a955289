/**
 * How far a device's clock is from the service's (invariant 5). What a request says of its own time is
 * off by as long as it was under way: seconds on a slow line, or when the service has just started. So
 * a device measures by questions and answers, and the service believes it as far as it can be true.
 */

/** Milliseconds. */
const CLOCK = {
  /** A measure is replaced by one that is less exact when it is older than this: clocks drift. */
  fresh: 10 * 60_000,
  /** A clock that moved by more than this against the steady one was set. */
  set: 1_000,
  /** No request is under way for longer; what looks like it comes from a clock that was set. */
  longestWay: 5 * 60_000,
};

export interface DeviceClock {
  /**
   * Hears what one question and its answer tell. The best of late is kept: NTP's rule, RFC 5905.
   *
   * @param ahead device's clock − service's, ms: the service's word against the middle of the way
   * @param error by how much that may be wrong: half of the whole way, ms
   * @returns how far the clock is ahead by all that is known, ms
   */
  heard(ahead: number, error: number): number;
  /** How far the clock is ahead, ms; null while that is not known, and after the clock was set. */
  ahead(): number | null;
}

/**
 * @param wall the device's clock, ms
 * @param steady one that nobody sets, from any beginning, ms
 */
export const createDeviceClock = (wall: () => number, steady: () => number): DeviceClock => {
  let best: { ahead: number; error: number; at: number; base: number } | null = null;
  const base = () => wall() - steady();
  const known = () => (best && Math.abs(base() - best.base) <= CLOCK.set ? best : null);
  return {
    heard: (ahead, error) => {
      const before = known();
      const isKept =
        before !== null &&
        steady() - before.at <= CLOCK.fresh &&
        before.error < error &&
        Math.abs(before.ahead - ahead) <= before.error + error;
      if (!isKept) best = { ahead, error, at: steady(), base: base() };
      return isKept ? before.ahead : ahead;
    },
    ahead: () => known()?.ahead ?? null,
  };
};

/**
 * The service's clock − the device's, ms, for what a push brings.
 *
 * @param request.now the device's clock when it sent; the way here took some time
 * @param request.ahead what the device measured before, if it has
 * @param now the service's clock
 */
export const offsetOf = (
  request: { readonly now: number; readonly ahead?: number | undefined },
  now: number,
): number => {
  const most = now - request.now;
  if (request.ahead === undefined) return most;
  const way = most + request.ahead;
  return way >= -CLOCK.set && way <= CLOCK.longestWay ? Math.min(most, -request.ahead) : most;
};
