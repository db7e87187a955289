/** Whether a person has paused uploading on this device; it stays so until he goes on. All tabs see it. */
export interface Pausing {
  isPaused(): boolean;
  set(paused: boolean): void;
  /** Called when another tab paused or went on. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

export const createPausing = (name: string): Pausing => {
  const key = `onsite-paused:${name}`;
  return {
    isPaused: () => localStorage.getItem(key) !== null,
    set: (paused) => {
      if (paused) localStorage.setItem(key, '1');
      else localStorage.removeItem(key);
    },
    onChange: (listener) => {
      const heard = (event: StorageEvent) => {
        if (event.key === key) listener();
      };
      window.addEventListener('storage', heard);
      return () => window.removeEventListener('storage', heard);
    },
  };
};
