/** The service's word that others changed something, so that nobody waits for the next round. */
import { EVENTS } from '../../domain/sync/events.ts';
import type { Http } from './http.ts';

/** A line that is silent for longer than this is dead, ms. */
const SILENCE = 3 * EVENTS.beat;

/** Keeps one line open; it is opened again by the next round after it ended. */
export const createNudges = (onChanged: () => void) => {
  let isOpen = false;
  return {
    keepOpen: async (http: Http): Promise<void> => {
      if (isOpen) return;
      isOpen = true;
      let rest = '';
      const heard = (text: string) => {
        const events = (rest + text).split('\n\n');
        rest = events.pop() ?? '';
        // What came between the last round and the open line is nobody's word: it is looked for.
        if (events.some((event) => /event: (changed|ready)/.test(event))) onChanged();
      };
      // Why it ended is what the next round finds out.
      await http.listen('/sync/events', heard, SILENCE).catch(() => undefined);
      isOpen = false;
    },
  };
};
