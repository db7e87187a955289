/** A PIN is short: stretching it to a key costs whoever guesses as much time and memory as us. */
import { randomBytes } from '@noble/ciphers/utils.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Remote, wrap } from 'comlink';
import type { Stretching } from '../../domain/vault/key-file.ts';
import type { Stretch } from './stretch-worker.ts';

/** KiB: what RFC 9106 recommends where memory is short, and far more than a graphics card has per core. */
const MEMORY = 64 * 1024;
/** No fewer passes than RFC 9106 asks for with this memory, however slow the machine. */
const FEWEST_PASSES = 3;
/** Milliseconds that one guess must cost on this machine. */
export const LEAST_TIME = 250;

export interface Stretcher {
  /** Milliseconds that a guess must cost: what takes less is stretched anew. */
  readonly leastTime: number;
  stretch(pin: string, stretching: Stretching): Promise<Uint8Array>;
  /** New parameters, with which a guess takes at least `LEAST_TIME` here, and the PIN's key under them. */
  stretchAnew(pin: string): Promise<{ key: Uint8Array; stretching: Stretching }>;
}

export const createStretcher = (): Stretcher => {
  let worker: Remote<Stretch> | null = null;
  const stretch = (pin: string, stretching: Stretching): Promise<Uint8Array> => {
    worker ??= wrap<Stretch>(
      new Worker(new URL('./stretch-worker.ts', import.meta.url), { type: 'module' }),
    );
    return worker(pin.normalize('NFKC'), stretching);
  };
  return { leastTime: LEAST_TIME, stretch, stretchAnew: (pin) => calibrate(pin, stretch) };
};

/** Raises the passes until a run takes long enough, a little above what the last run promises. */
export const calibrate = async (
  pin: string,
  stretch: Stretcher['stretch'],
  now = () => performance.now(),
): Promise<{ key: Uint8Array; stretching: Stretching }> => {
  const salt = bytesToHex(randomBytes(16));
  // The first run pays for starting the worker and compiling.
  await stretch(pin, { salt, memory: MEMORY, passes: 1 });
  let passes = FEWEST_PASSES;
  for (;;) {
    const stretching = { salt, memory: MEMORY, passes };
    const start = now();
    const key = await stretch(pin, stretching);
    const took = now() - start;
    if (took >= LEAST_TIME) return { key, stretching };
    passes = Math.max(passes + 1, Math.ceil((passes * LEAST_TIME * 1.2) / Math.max(took, 1)));
  }
};
