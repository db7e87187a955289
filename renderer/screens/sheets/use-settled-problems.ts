import { useEffect, useMemo, useState } from 'react';
import type { Problem } from '../../../domain/order/order.ts';

/** How long somebody who types is left alone, in ms. */
const PAUSE = 1_000;

/**
 * The problems without those that the cell somebody is typing in has or makes elsewhere: a half-typed number is no
 * mistake yet, and rows must not jump under the hands. They show after a pause, or when `settle` is
 * called because the cursor moved on.
 *
 * @param rows whatever changes with each keystroke
 * @param fieldOf the field of the cell that `setTyping` was called with
 */
export const useSettledProblems = <Cell>(
  problems: readonly Problem[],
  rows: unknown,
  fieldOf: (cell: Cell) => string,
) => {
  const [typing, setTyping] = useState<Cell | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the rows starts the pause anew
  useEffect(() => {
    const timer = setTimeout(() => setTyping(null), PAUSE);
    return () => clearTimeout(timer);
  }, [typing, rows]);
  const hidden = typing === null ? null : fieldOf(typing);
  const settled = useMemo(
    () =>
      hidden
        ? problems.filter(({ field, other }) => field !== hidden && other !== hidden)
        : problems,
    [problems, hidden],
  );
  return { settled, setTyping, settle: () => setTyping(null) };
};
