import { powerMonitor } from 'electron';

/**
 * The data key of the unlocked session: reloads and further windows need no PIN. It lies in this
 * process's memory alone, until the page locks, the system's screen is locked, the machine goes to
 * sleep, or the app ends.
 */
export interface SessionKey {
  read(): Uint8Array<ArrayBuffer> | null;
  keep(key: Uint8Array | null): void;
  /** Resolves at the next time that the system asks to lock. */
  lockAsked(): Promise<void>;
}

export const createSessionKey = (): SessionKey => {
  let kept: Uint8Array<ArrayBuffer> | null = null;
  let waiting: (() => void)[] = [];
  const keep = (key: Uint8Array | null) => {
    kept?.fill(0);
    kept = key && new Uint8Array(key);
  };
  const lock = () => {
    keep(null);
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  powerMonitor.on('lock-screen', lock);
  powerMonitor.on('suspend', lock);
  return {
    read: () => kept && new Uint8Array(kept),
    keep,
    lockAsked: () => new Promise((resolve) => waiting.push(resolve)),
  };
};
