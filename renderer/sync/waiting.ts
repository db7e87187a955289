/**
 * Milliseconds. `longest`: so that all is sent within eleven seconds once the network is there again, of which
 * the sending has four.
 * `idle`: between rounds when nothing waits, to learn what others changed.
 */
export const WAIT = { afterCommit: 300, first: 1_000, longest: 7_000, idle: 30_000 } as const;

/** ms to wait after so many failures in a row; half of it at random, so that devices do not come back all at once. */
export const backOff = (failures: number): number =>
  Math.min(WAIT.longest, WAIT.first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
