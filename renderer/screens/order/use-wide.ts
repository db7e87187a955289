import { useSyncExternalStore } from 'react';

const WIDE = matchMedia('(min-width: 1180px)');

const subscribe = (changed: () => void) => {
  WIDE.addEventListener('change', changed);
  return () => WIDE.removeEventListener('change', changed);
};

/** Whether the checklist fits beside the form; `app.css` has the same width. */
export const useWide = (): boolean => useSyncExternalStore(subscribe, () => WIDE.matches);
