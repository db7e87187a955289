/** What a PIN must be. */

/** Fewest characters. */
export const SHORTEST_PIN = 6;

/** Whether each character follows the one before by the same step: 111111, 123456, 987654. */
const isRun = (pin: string): boolean => {
  const steps = new Set(
    [...pin].slice(1).map((letter, i) => letter.charCodeAt(0) - pin.charCodeAt(i)),
  );
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0] ?? 2);
};

/** Why a PIN cannot be taken, in Chinese; null when it can. */
export const problemOfPin = (pin: string): string | null => {
  if (pin.length < SHORTEST_PIN) return `口令至少 ${SHORTEST_PIN} 位，现在是 ${pin.length} 位。`;
  if (isRun(pin)) return '这样的口令太容易猜到，请不要用相同或连续的数字。';
  return null;
};
