/**
 * When the vault locks: on demand, when nobody touched any window for the set time, when the system
 * locks its screen or goes to sleep. Locking hides everything at once, waits until what was typed is
 * written, and loads the page anew: then no memory holds a key.
 */
import type { StoreApi } from 'zustand/vanilla';
import type { VaultPlatform } from '../platform/vault.ts';
import type { WorkingSet } from '../store/store.ts';
import type { Vault } from './vault.ts';

export interface Locking {
  /** Locks this window and all others. */
  lock(): Promise<void>;
  stop(): void;
}

export interface LockingParts {
  readonly vault: Vault;
  readonly platform: VaultPlatform;
  readonly working: StoreApi<WorkingSet>;
  readonly reload?: () => void;
  /** Ms since 1970: a clock that goes on while the machine sleeps. */
  readonly now?: () => number;
}

const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
/** Milliseconds between two looks at the clock, and between telling other windows of touches. */
const LOOK = 1_000;
const TELL = 10_000;

const WRITING = '正在写完最后的改动，写好后就完全锁定。';
const unwritten = (reason: string) => `还有内容没有写进磁盘，所以还没有完全锁定：${reason}`;

export const startLocking = ({
  vault,
  platform,
  working,
  reload = () => location.reload(),
  now = () => Date.now(),
}: LockingParts): Locking => {
  const stopping = new AbortController();
  const { signal } = stopping;
  const windows = new BroadcastChannel('onsite-locking');
  let touchedAt = now();
  let toldAt = 0;

  const isOpen = () => {
    const state = vault.state.getState();
    return state.step === 'open' && state.cover === null;
  };

  /** Resolves when everything is on disk; false when somebody took the cover off before. */
  const written = () =>
    new Promise<boolean>((resolve) => {
      const look = () => {
        const { saving } = working.getState();
        if (isOpen()) end(false);
        else if (saving.state === 'saved') end(true);
        else if (saving.state === 'failed') void vault.cover(unwritten(saving.message));
      };
      const end = (done: boolean) => {
        for (const stop of watching) stop();
        resolve(done);
      };
      const watching = [working.subscribe(look), vault.state.subscribe(look)];
      look();
    });

  const lockHere = async () => {
    if (!isOpen()) return;
    // What is being typed is committed as it is when the field is left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    await vault.cover(WRITING);
    if (!(await written())) return;
    stopping.abort();
    await vault.lock();
    reload();
  };

  const lock = async () => {
    const done = lockHere();
    windows.postMessage('lock');
    await done;
  };

  const touched = () => {
    touchedAt = now();
    if (Math.abs(touchedAt - toldAt) < TELL) return;
    toldAt = touchedAt;
    windows.postMessage('touched');
  };

  windows.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === 'lock') void lockHere();
    else touchedAt = now();
  };
  for (const touch of TOUCHES) {
    window.addEventListener(touch, touched, { capture: true, passive: true, signal });
  }
  window.addEventListener(
    'keydown',
    (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'l') return;
      event.preventDefault();
      void lock();
    },
    { signal },
  );
  const looking = setInterval(() => {
    const state = vault.state.getState();
    // A clock that was put back starts the time anew instead of stretching it.
    touchedAt = Math.min(touchedAt, now());
    if (state.step === 'open' && now() - touchedAt >= state.file.lockAfter * 60_000) void lock();
  }, LOOK);
  const whenAsked = async () => {
    while (!signal.aborted) {
      await platform.lockAsked();
      if (!signal.aborted) await lock();
    }
  };
  void whenAsked();
  signal.addEventListener('abort', () => {
    clearInterval(looking);
    windows.close();
  });
  return { lock, stop: () => stopping.abort() };
};
