import { useEffect, useMemo, useState } from 'react';
import type { Problem } from '../../../domain/order/order.ts';

/** How long somebody who types is left alone, in ms. */
const PAUSE = 1_000;

/**
 * The problems without those of the cell that somebody is typing in: a half-typed number is no
 * mistake yet, and rows must not jump under the hands. They show after a pause, or when `settle` is
 * called because the cursor moved on.
 *
 * @param rows whatever changes with each keystroke
 */
export const useSettledProblems = (problems: readonly Problem[], rows: unknown) => {
  const [typing, setTyping] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the rows starts the pause anew
  useEffect(() => {
    const timer = setTimeout(() => setTyping(null), PAUSE);
    return () => clearTimeout(timer);
  }, [typing, rows]);
  const settled = useMemo(
    () => (typing ? problems.filter(({ field }) => field !== typing) : problems),
    [problems, typing],
  );
  return { settled, setTyping, settle: () => setTyping(null) };
};
