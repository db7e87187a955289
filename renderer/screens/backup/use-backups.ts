import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { BackupsState } from '../../backup/index.ts';
import { useServices } from '../../services.tsx';

export const useBackups = (): BackupsState => useStore(useServices().backups.state);

/** The time, anew each minute: what is said of days must not stand still overnight. */
export const useNow = (): Date => {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
};
