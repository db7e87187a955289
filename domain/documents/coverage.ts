import { isRefused } from './characters.ts';

/** What the shipped faces can draw, as in `assets/coverage.json`. */
export interface Coverage {
  /**
   * Runs of code points in ascending order, each as two numbers: how many code points to leave out
   * after the last run, and how many the run has.
   */
  readonly ranges: readonly number[];
}

/** The runs of some code points, for `Coverage`. */
export function rangesOf(codePoints: Iterable<number>): number[] {
  const ranges: number[] = [];
  let next = 0;
  for (const codePoint of [...new Set(codePoints)].sort((a, b) => a - b)) {
    if (codePoint === next && ranges.length > 0) {
      ranges[ranges.length - 1] = (ranges.at(-1) ?? 0) + 1;
    } else {
      ranges.push(codePoint - next, 1);
    }
    next = codePoint + 1;
  }
  return ranges;
}

/** Whether a code point can be printed, by the shipped coverage. */
export function coverageFrom({ ranges }: Coverage): (codePoint: number) => boolean {
  // The code points at which covered and not covered change places.
  let at = 0;
  const changes = ranges.map((length) => (at += length));
  return (codePoint) => {
    let [low, high] = [0, changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((changes[middle] ?? Infinity) <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low % 2 === 1 && !isRefused(codePoint);
  };
}
