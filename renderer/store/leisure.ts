/** Long work in the moments that typing leaves. */
export interface Leisure {
  /** Called often by the work; resolves when the page has time. @throws when the work is to stop */
  pause(): Promise<void>;
  stop(): void;
}

/** Work goes on after so long even on a page that is never idle, in ms. */
const LONGEST = 200;

export const createLeisure = (): Leisure => {
  let stopped = false;
  let until = 0;
  return {
    pause: async () => {
      if (performance.now() >= until) {
        const { timeRemaining } = await new Promise<{ timeRemaining: number }>((resolve) => {
          requestIdleCallback(
            (deadline) => resolve({ timeRemaining: Math.max(2, deadline.timeRemaining()) }),
            { timeout: LONGEST },
          );
        });
        until = performance.now() + timeRemaining;
      }
      if (stopped) throw new Error('stopped');
    },
    stop: () => {
      stopped = true;
    },
  };
};
