/** Benchmarks print one JSON line a figure on stdout, and nothing else. */

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
};

/**
 * @param value in `unit`
 * @param more what helps to judge it: the limit that was promised, how many runs
 */
export const figure = (
  bench: string,
  name: string,
  value: number,
  unit: 'ms' | 'bytes' | 'MB' | 'ratio' | 'count' | '/s',
  more: Readonly<Record<string, number>> = {},
): void => {
  console.log(
    JSON.stringify({ bench, figure: name, value: Number(value.toFixed(2)), unit, ...more }),
  );
};
