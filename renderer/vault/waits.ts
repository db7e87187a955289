/** Guessing a PIN by hand: after five wrong ones it takes patience, after ten more a lot of it. */
import type { KeyFile } from '../../domain/vault/key-file.ts';

const WAITS = [
  { from: 15, ms: 15 * 60_000 },
  { from: 5, ms: 60_000 },
] as const;

type WrongPins = KeyFile['wrongPins'];

/** Milliseconds until the next PIN is taken. A clock that was put back makes it no shorter. */
export const waitLeft = ({ count, at }: WrongPins, now: number): number => {
  const wait = WAITS.find(({ from }) => count >= from)?.ms ?? 0;
  return Math.max(0, wait - Math.max(0, now - at));
};

/** How many more wrong PINs there may be before the first wait. */
export const triesLeft = ({ count }: WrongPins): number => Math.max(0, 5 - count);
