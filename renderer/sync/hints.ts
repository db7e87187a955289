/**
 * Hints to try at once, never the truth about the connection: only an answer is that. Returns how to
 * stop listening.
 */
export const onHints = (heed: () => void): (() => void) => {
  const { connection } = navigator as { connection?: EventTarget };
  const hints: [EventTarget | undefined, string][] = [
    [window, 'online'],
    [window, 'focus'],
    [connection, 'change'],
  ];
  for (const [target, hint] of hints) target?.addEventListener(hint, heed);
  return () => {
    for (const [target, hint] of hints) target?.removeEventListener(hint, heed);
  };
};
