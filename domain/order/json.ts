/**
 * Paths of keys that one object of a JSON text gives twice: `JSON.parse` would silently keep the
 * last. The text must be valid JSON.
 */
export function repeatedKeys(json: string): string[] {
  const repeated: string[] = [];
  /** The open objects and arrays: an object's keys so far and the key being read, or an array's index. */
  const open: { keys: Set<string> | null; at: string | number }[] = [];
  for (const [token, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\],]/g)) {
    const top = open.at(-1);
    if (token === '{') open.push({ keys: new Set(), at: '' });
    else if (token === '[') open.push({ keys: null, at: 0 });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (typeof top?.at === 'number') top.at += 1;
    } else if (top?.keys && colon) {
      top.at = String(JSON.parse(token.slice(0, -colon.length)));
      if (top.keys.has(top.at)) repeated.push(pathOf(open.map(({ at }) => at)));
      top.keys.add(top.at);
    }
  }
  return repeated;
}

/** `extensions[3].number` */
export const pathOf = (steps: readonly (string | number)[]): string =>
  steps.reduce<string>(
    (path, step) =>
      typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`,
    '',
  );
